/* SPDX-License-Identifier: BSD-2-Clause */
/* The authorized_keys file: which keys open an account, and what they may do. Text in, verdict out; the
 * caller reads the file and has made sure that nobody else could write it. A line that does not parse to
 * its end is ignored. */
#pragma once

#include "trust/key_options.h"

struct authorized_keys_answer {
    size_t line; /* the first that lets the key in, from 1; 0: none does */

    /* When none does, but some have the key: the first of those, and why it does not count. */
    size_t refused_line;
    const char *refusal;
};

/* Looks for the key (a plain key's blob). On success `options` has what the line allows; the caller wipes
 * it in any case. A cert-authority line lets no plain key in. */
struct authorized_keys_answer authorized_keys_find(
    struct bytes text, struct bytes blob, const struct key_options_circumstances *circumstances,
    struct key_options *options);
