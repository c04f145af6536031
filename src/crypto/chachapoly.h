/* SPDX-License-Identifier: BSD-2-Clause */
/* chacha20-poly1305@openssh.com: one ChaCha20 for the packet's four length octets, another for the body,
 * and Poly1305 over both; the packet's sequence number is the nonce. */
#pragma once

#include "base/bytes.h"
#include "base/err.h"

enum { CHACHAPOLY_KEY_LEN = 64, CHACHAPOLY_TAG_LEN = 16, CHACHAPOLY_LENGTH_LEN = 4 };

struct chachapoly;

/* The first half of the key is for the body, the second for the length. The key is copied. */
struct chachapoly *chachapoly_new(struct bytes key);
void chachapoly_free(struct chachapoly *c);

/* Encrypts in place a packet that begins with its four length octets. */
void chachapoly_seal(struct chachapoly *c, uint32_t sequence, struct span packet,
                     uint8_t tag[CHACHAPOLY_TAG_LEN]);

/* Decrypts the length from its four octets; nothing is authenticated yet. */
uint32_t chachapoly_peek_length(struct chachapoly *c, uint32_t sequence,
                                const uint8_t in[CHACHAPOLY_LENGTH_LEN]);

/* Verifies the whole encrypted packet (length octets and body), then decrypts the body in place; the
 * length octets stay encrypted. On ERR_BAD_MAC nothing is changed. */
NODISCARD enum err chachapoly_open(struct chachapoly *c, uint32_t sequence, struct span packet,
                                   const uint8_t tag[CHACHAPOLY_TAG_LEN]);

/* The same for a body without length octets before it: a private key file has none. */
NODISCARD enum err chachapoly_open_bare(struct chachapoly *c, uint32_t sequence, struct span body,
                                        const uint8_t tag[CHACHAPOLY_TAG_LEN]);
