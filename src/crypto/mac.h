/* SPDX-License-Identifier: BSD-2-Clause */
/* HMAC (RFC 2104) with a kept key. */
#pragma once

#include "crypto/digest.h"

struct mac;

/* The key is copied; any length. */
struct mac *mac_new(enum digest_algorithm algorithm, struct bytes key);
void mac_free(struct mac *mac);

/* The code over the concatenated parts. `out` has room for digest_len octets. */
void mac_sum(struct mac *mac, const struct bytes *parts, size_t count, uint8_t *out);
