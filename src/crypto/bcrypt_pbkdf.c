/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/bcrypt_pbkdf.h"

#include "crypto/blowfish.h"
#include "crypto/digest.h"

#include <string.h>

enum { OUT_MAX = 1024, ROUNDS_MAX = 1024, BLOCK_WORDS = 8, BLOCK_LEN = 32, SUM_LEN = 64 };

struct work {
    uint32_t passphrase[BLOWFISH_KEY_WORDS];
    uint32_t salt[BLOWFISH_KEY_WORDS];
    uint32_t text[BLOCK_WORDS];
    uint8_t sum[SUM_LEN];
    uint8_t block[BLOCK_LEN]; /* one output of the hash */
    uint8_t total[BLOCK_LEN]; /* their sum over the rounds */
    struct blowfish cipher;
};

static void words_of(const uint8_t *octets, uint32_t *words, size_t count)
{
    for (size_t i = 0; i < count; i++, octets += 4)
        words[i] = (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 |
                   (uint32_t)octets[2] << 8 | octets[3];
}

/* bcrypt over the digests of passphrase (w->passphrase) and salt (w->sum). */
static void hash(struct work *w)
{
    static const uint8_t text[] = "OxychromaticBlowfishSwatDynamite";

    words_of(w->sum, w->salt, BLOWFISH_KEY_WORDS);
    blowfish_init(&w->cipher);
    blowfish_expand(&w->cipher, w->passphrase, w->salt);
    for (size_t i = 0; i < 64; i++) {
        blowfish_expand(&w->cipher, w->salt, NULL);
        blowfish_expand(&w->cipher, w->passphrase, NULL);
    }
    words_of(text, w->text, BLOCK_WORDS);
    for (size_t i = 0; i < 64 * BLOCK_WORDS; i += 2)
        blowfish_encrypt(&w->cipher, &w->text[i % BLOCK_WORDS]);
    for (size_t i = 0; i < BLOCK_LEN; i++)
        w->block[i] = (uint8_t)(w->text[i / 4] >> (8 * (i % 4)));
}

/* The count-th block of 32 octets, into total. */
static void derive_block(struct work *w, struct bytes salt, uint32_t count, uint32_t rounds)
{
    const uint8_t number[] = { (uint8_t)(count >> 24), (uint8_t)(count >> 16),
                               (uint8_t)(count >> 8), (uint8_t)count };
    const struct bytes salted[] = { salt, { number, sizeof(number) } };
    digest_parts(DIGEST_SHA512, salted, 2, w->sum);
    hash(w);
    memcpy(w->total, w->block, BLOCK_LEN);
    for (uint32_t round = 1; round < rounds; round++) {
        digest_once(DIGEST_SHA512, bytes_of(w->block, BLOCK_LEN), w->sum);
        hash(w);
        for (size_t i = 0; i < BLOCK_LEN; i++)
            w->total[i] ^= w->block[i];
    }
}

enum err bcrypt_pbkdf_derive(struct bytes passphrase, struct bytes salt, uint32_t rounds,
                             struct span out)
{
    if (passphrase.len == 0 || salt.len == 0 || rounds == 0 || rounds > ROUNDS_MAX ||
        out.len == 0 || out.len > OUT_MAX)
        return ERR_BAD_VALUE;

    struct work w;
    digest_once(DIGEST_SHA512, passphrase, w.sum);
    words_of(w.sum, w.passphrase, BLOWFISH_KEY_WORDS);

    /* The blocks' octets are interleaved, not concatenated. */
    size_t blocks = (out.len + BLOCK_LEN - 1) / BLOCK_LEN;
    for (size_t block = 0; block < blocks; block++) {
        derive_block(&w, salt, (uint32_t)block + 1, rounds);
        for (size_t i = 0; block + i * blocks < out.len; i++)
            out.data[block + i * blocks] = w.total[i];
    }
    bytes_wipe(&w, sizeof(w));
    return OK;
}
