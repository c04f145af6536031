/* SPDX-License-Identifier: BSD-2-Clause */
#include "admission/source.h"

#include <string.h>

struct source source_of(struct bytes address)
{
    static const uint8_t mapped[SOURCE_V6_LEN - SOURCE_V4_LEN] = { [10] = 0xff, [11] = 0xff };
    struct source source = { 0 };
    if (address.len != SOURCE_V4_LEN && address.len != SOURCE_V6_LEN)
        return source;
    if (address.len == SOURCE_V6_LEN && memcmp(address.data, mapped, sizeof(mapped)) == 0)
        address = bytes_skip(address, sizeof(mapped));
    memcpy(source.octets, address.data, address.len);
    source.len = (uint8_t)address.len;
    return source;
}

struct source source_block(const struct source *source, unsigned bits)
{
    struct source block = *source;
    for (unsigned i = 0; i < source->len; i++) {
        unsigned kept = bits > 8 * i ? bits - 8 * i : 0;
        if (kept < 8)
            block.octets[i] &= (uint8_t)(0xff00 >> kept);
    }
    return block;
}

bool source_equal(const struct source *a, const struct source *b)
{
    return a->len == b->len && memcmp(a->octets, b->octets, sizeof(a->octets)) == 0;
}

/* The finisher of splitmix64: each bit of its argument affects all bits of the result. */
static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t source_hash(const struct source *source, uint64_t seed)
{
    uint64_t halves[2];
    memcpy(halves, source->octets, sizeof(halves));
    return mix(mix(mix(seed + source->len) ^ halves[0]) ^ halves[1] ^ seed);
}
