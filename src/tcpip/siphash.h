/* SPDX-License-Identifier: BSD-2-Clause */
/* SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed hash of short input that cannot be predicted
 * without the key, for tables, initial sequence numbers, ports and SYN cookies. Our own rather than
 * libcrypto's, which takes a microsecond and an allocation per hash: more than the rest of a SYN
 * costs. */
#pragma once

#include "base/bytes.h"

enum { SIPHASH_KEY_LEN = 16 };

struct siphash_key {
    uint64_t words[2];
};

struct siphash_key siphash_key(const uint8_t octets[SIPHASH_KEY_LEN]);

uint64_t siphash(const struct siphash_key *key, struct bytes data);

/* The same of words in little-endian order, without going through octets. */
uint64_t siphash_words(const struct siphash_key *key, const uint64_t *words, size_t count);
