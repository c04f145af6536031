/* SPDX-License-Identifier: BSD-2-Clause */
/* What a user's key has signed, RFC 4252 section 7 (and the same with the host key behind it:
 * publickey-hostbound-v00@openssh.com). The worker gives it, and might be anybody's. */
#pragma once

#include "base/bytes.h"

#include <stdbool.h>

struct signed_data {
    struct bytes session_id, user, key_algorithm, key_blob;
};

/* Whether the data says exactly this: this session, this user, this key, a login by publickey. */
bool signed_data_fits(struct bytes data, const struct signed_data *wanted);
