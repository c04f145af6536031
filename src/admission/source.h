/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a connection comes from: a network address, or a block of them (an address whose last bits are
 * zero). */
#pragma once

#include "base/bytes.h"

enum { SOURCE_V4_LEN = 4, SOURCE_V6_LEN = 16 };

struct source {
    uint8_t octets[SOURCE_V6_LEN]; /* unused ones are zero */
    uint8_t len;                   /* SOURCE_V4_LEN, SOURCE_V6_LEN, or 0: no address */
};

/* Four or sixteen octets in network order; any other length gives no address. An IPv4-mapped address
 * (::ffff:192.0.2.1) counts as IPv4. */
struct source source_of(struct bytes address);

/* The block that it is in: its first `bits` bits. */
struct source source_block(const struct source *source, unsigned bits);

bool source_equal(const struct source *a, const struct source *b);

/* Without knowing the seed nobody can choose sources that collide. */
uint64_t source_hash(const struct source *source, uint64_t seed);
