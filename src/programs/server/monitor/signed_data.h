/* SPDX-License-Identifier: BSD-2-Clause */
/* What a user's key must have signed, RFC 4252 section 7 (or the same followed by the host key:
 * publickey-hostbound-v00@openssh.com). */
#pragma once

#include "base/buf.h"

struct signed_data {
    struct bytes session_id, user, key_algorithm, key_blob;
    struct bytes host_key; /* the blob of the session's host key */
};

enum { SIGNED_DATA_MAX = 64 * 1024 };

/* Appends the form that `claimed` has, made anew from what we know; ERR_BAD_SIGNATURE if it is neither: it must be for
 * this session, this user, this key, a login by publickey. */
NODISCARD enum err signed_data_make(const struct signed_data *wanted, struct bytes claimed,
                                    struct buf *data);
