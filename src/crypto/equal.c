/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/equal.h"

#include <openssl/crypto.h>

bool equal_secret(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.data, b.data, a.len) == 0);
}
