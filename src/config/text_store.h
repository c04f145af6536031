/* SPDX-License-Identifier: BSD-2-Clause */
/* Owned strings with addresses that do not change, freed all at once. */
#pragma once

#include "base/bytes.h"

struct text_store {
    struct text_store_item *newest;
};

/* Makes an empty store; a zeroed struct is one too. */
void text_store_init(struct text_store *store);

/* Wipes and frees every string. */
void text_store_wipe(struct text_store *store);

/* A NUL-terminated copy, valid until text_store_wipe. As a C string it ends at the first NUL inside. */
const char *text_store_keep(struct text_store *store, struct bytes text);
