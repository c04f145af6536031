/* SPDX-License-Identifier: BSD-2-Clause */
/* Message digests. */
#pragma once

#include "base/bytes.h"

enum digest_algorithm { DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512 };

enum { DIGEST_LEN_MAX = 64 };

/* Octets of the result. */
size_t digest_len(enum digest_algorithm algorithm);

/* The digest of the concatenated parts. `out` has room for digest_len octets. */
void digest_parts(enum digest_algorithm algorithm, const struct bytes *parts, size_t count,
                  uint8_t *out);
void digest_once(enum digest_algorithm algorithm, struct bytes in, uint8_t *out);
