/* SPDX-License-Identifier: BSD-2-Clause */
/* What a worker gets when the user is known, in place of what it got at its start. */
#pragma once

#include "ipc/record.h"

/* Texts are borrowed. Times are seconds. */
struct terms_record {
    struct bytes banner; /* shown before the login; empty: none */
    uint32_t max_auth_tries, max_sessions;
    uint32_t alive_interval, alive_count_max;
    uint64_t rekey_octets;
    uint32_t rekey_seconds;
};

struct record terms_record_encode(const struct terms_record *terms);
struct terms_record terms_record_decode(const struct record *record);
