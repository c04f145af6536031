/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/blowfish.h"

#include <string.h>

enum { ROUNDS = 16 };

static const uint32_t pi[] = {
#include "crypto/blowfish_pi.inc"
};

_Static_assert(sizeof(pi) == sizeof(struct blowfish), "the state is the table and nothing else");

void blowfish_init(struct blowfish *b)
{
    memcpy(b->subkeys, pi, sizeof(b->subkeys));
    memcpy(b->boxes, pi + sizeof(b->subkeys) / sizeof(pi[0]), sizeof(b->boxes));
}

static uint32_t mix(const struct blowfish *b, uint32_t x)
{
    return ((b->boxes[0][x >> 24] + b->boxes[1][x >> 16 & 255]) ^ b->boxes[2][x >> 8 & 255]) +
           b->boxes[3][x & 255];
}

void blowfish_encrypt(const struct blowfish *b, uint32_t block[2])
{
    uint32_t left = block[0] ^ b->subkeys[0], right = block[1];
    for (size_t i = 1; i <= ROUNDS; i += 2) {
        right ^= mix(b, left) ^ b->subkeys[i];
        left ^= mix(b, right) ^ b->subkeys[i + 1];
    }
    block[0] = right ^ b->subkeys[ROUNDS + 1];
    block[1] = left;
}

/* Replaces the words with a chain of encrypted blocks, mixing in the salt as it goes. */
static void replace(struct blowfish *b, uint32_t *words, size_t count, const uint32_t *salt,
                    size_t *salt_at, uint32_t block[2])
{
    for (size_t i = 0; i < count; i += 2) {
        if (salt) {
            block[0] ^= salt[*salt_at];
            block[1] ^= salt[*salt_at + 1];
            *salt_at = (*salt_at + 2) % BLOWFISH_KEY_WORDS;
        }
        blowfish_encrypt(b, block);
        words[i] = block[0];
        words[i + 1] = block[1];
    }
}

void blowfish_expand(struct blowfish *b, const uint32_t key[BLOWFISH_KEY_WORDS],
                     const uint32_t *salt)
{
    for (size_t i = 0; i < ROUNDS + 2; i++)
        b->subkeys[i] ^= key[i % BLOWFISH_KEY_WORDS];

    uint32_t block[2] = { 0, 0 };
    size_t salt_at = 0;
    replace(b, b->subkeys, ROUNDS + 2, salt, &salt_at, block);
    for (size_t i = 0; i < 4; i++)
        replace(b, b->boxes[i], 256, salt, &salt_at, block);
}
