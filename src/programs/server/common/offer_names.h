/* SPDX-License-Identifier: BSD-2-Clause */
/* The lists of algorithms that the server offers, for code that passes them on and knows no algorithm. */
#pragma once

#include "base/bytes.h"

enum offer_names_list {
    OFFER_NAMES_KEX,
    OFFER_NAMES_HOST_KEY,
    OFFER_NAMES_CIPHER,
    OFFER_NAMES_MAC,
    OFFER_NAMES_COMPRESSION,
    OFFER_NAMES_COUNT
};

enum { OFFER_NAMES_MAX = 4096 }; /* octets in a list */

/* Comma-separated, the best first. Borrowed. */
struct offer_names {
    struct bytes lists[OFFER_NAMES_COUNT];
};
