/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a connection comes from: a network address, or a block of them (an address whose last bits are
 * zero). */
#pragma once

#include "base/bytes.h"

enum { SOURCE_V4_LEN = 4, SOURCE_V6_LEN = 16 };

struct source {
    uint8_t octets[SOURCE_V6_LEN]; /* what is not used is zero */
    uint8_t len;                   /* SOURCE_V4_LEN, SOURCE_V6_LEN, or 0: it has no address */
};

/* Four or sixteen octets in network order; other lengths are no address. An IPv4 address in IPv6 clothes
 * (::ffff:192.0.2.1) is one of IPv4. */
struct source source_of(struct bytes address);

/* The block of so many leading bits that it is in. */
struct source source_block(const struct source *source, unsigned bits);

bool source_equal(const struct source *a, const struct source *b);

/* Who does not know the seed cannot choose sources that fall together. */
uint64_t source_hash(const struct source *source, uint64_t seed);
