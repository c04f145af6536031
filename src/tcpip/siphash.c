/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/siphash.h"

struct state {
    uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static void round_of(struct state *s)
{
    s->v0 += s->v1;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v0 = rotate(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v2 = rotate(s->v2, 32);
}

static struct state begin(const struct siphash_key *key)
{
    return (struct state){
        key->words[0] ^ 0x736f6d6570736575u,
        key->words[1] ^ 0x646f72616e646f6du,
        key->words[0] ^ 0x6c7967656e657261u,
        key->words[1] ^ 0x7465646279746573u,
    };
}

static void add(struct state *s, uint64_t word)
{
    s->v3 ^= word;
    round_of(s);
    round_of(s);
    s->v0 ^= word;
}

/* `rest`: the octets of the last, incomplete word. */
static uint64_t finish(struct state *s, uint64_t rest, size_t len)
{
    add(s, rest | (uint64_t)len << 56);
    s->v2 ^= 0xff;
    for (int i = 0; i < 4; i++)
        round_of(s);
    return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

static uint64_t word_of(const uint8_t *octets, size_t len)
{
    uint64_t word = 0;
    for (size_t i = 0; i < len; i++)
        word |= (uint64_t)octets[i] << (8 * i);
    return word;
}

struct siphash_key siphash_key(const uint8_t octets[SIPHASH_KEY_LEN])
{
    return (struct siphash_key){ { word_of(octets, 8), word_of(octets + 8, 8) } };
}

uint64_t siphash(const struct siphash_key *key, struct bytes data)
{
    struct state s = begin(key);
    struct bytes rest = data;
    for (; rest.len >= 8; rest = bytes_skip(rest, 8))
        add(&s, word_of(rest.data, 8));
    return finish(&s, word_of(rest.data, rest.len), data.len);
}

uint64_t siphash_words(const struct siphash_key *key, const uint64_t *words, size_t count)
{
    struct state s = begin(key);
    for (size_t i = 0; i < count; i++)
        add(&s, words[i]);
    return finish(&s, 0, 8 * count);
}
