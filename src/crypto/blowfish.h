/* SPDX-License-Identifier: BSD-2-Clause */
/* Blowfish with bcrypt's salted key schedule, only for bcrypt_pbkdf. Its table look-ups depend on secrets:
 * use it on the user's own machine only. */
#pragma once

#include <stdint.h>

enum { BLOWFISH_KEY_WORDS = 16 };

struct blowfish {
    uint32_t subkeys[18];
    uint32_t boxes[4][256];
};

/* The state that every key starts from. */
void blowfish_init(struct blowfish *b);

/* Mixes the key, and the salt unless it is NULL, into the state. Words are read from big-endian octets. */
void blowfish_expand(struct blowfish *b, const uint32_t key[BLOWFISH_KEY_WORDS],
                     const uint32_t *salt);

/* Encrypts one block of two words in place. */
void blowfish_encrypt(const struct blowfish *b, uint32_t block[2]);
