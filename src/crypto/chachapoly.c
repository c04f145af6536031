/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/chachapoly.h"

#include "base/check.h"
#include "base/equal.h"
#include "crypto/crypto_internal.h"

#include <stdlib.h>

enum { KEY_LEN = 32, IV_LEN = 16, BLOCK_LEN = 64 };

struct chachapoly {
    EVP_CIPHER_CTX *body;
    EVP_CIPHER_CTX *length;
    EVP_MAC_CTX *mac;
};

static EVP_CIPHER_CTX *stream_new(struct bytes key)
{
    EVP_CIPHER_CTX *stream = EVP_CIPHER_CTX_new();
    CHECK(stream != NULL);
    CHECK(EVP_EncryptInit_ex(stream, crypto_cipher(CRYPTO_CHACHA20), NULL, key.data, NULL) == 1);
    return stream;
}

struct chachapoly *chachapoly_new(struct bytes key)
{
    CHECK(key.len == CHACHAPOLY_KEY_LEN);
    struct chachapoly *c = malloc(sizeof(*c));
    CHECK(c != NULL);
    *c = (struct chachapoly){
        .body = stream_new(bytes_slice(key, 0, KEY_LEN)),
        .length = stream_new(bytes_skip(key, KEY_LEN)),
        .mac = EVP_MAC_CTX_new(crypto_poly1305()),
    };
    CHECK(c->mac != NULL);
    return c;
}

void chachapoly_free(struct chachapoly *c)
{
    if (!c)
        return;
    EVP_CIPHER_CTX_free(c->body);
    EVP_CIPHER_CTX_free(c->length);
    EVP_MAC_CTX_free(c->mac);
    free(c);
}

/* Begins the key stream of a packet: its IV is the block counter, 0, in 8 octets, then the sequence
 * number as a big-endian 64-bit nonce. */
static void rewind_stream(EVP_CIPHER_CTX *stream, uint32_t sequence)
{
    const uint8_t iv[IV_LEN] = {
        [12] = (uint8_t)(sequence >> 24),
        [13] = (uint8_t)(sequence >> 16),
        [14] = (uint8_t)(sequence >> 8),
        [15] = (uint8_t)sequence,
    };
    CHECK(EVP_EncryptInit_ex(stream, NULL, NULL, NULL, iv) == 1);
}

static void apply(EVP_CIPHER_CTX *stream, const uint8_t *in, uint8_t *out, size_t len)
{
    int done = 0;
    CHECK(EVP_EncryptUpdate(stream, out, &done, in, crypto_int(len)) == 1);
    CHECK((size_t)done == len);
}

/* Block 0 of the body's stream gives the Poly1305 key; the body itself begins with block 1. */
static void begin_body(struct chachapoly *c, uint32_t sequence, uint8_t block[BLOCK_LEN])
{
    static const uint8_t zeros[BLOCK_LEN];
    rewind_stream(c->body, sequence);
    apply(c->body, zeros, block, BLOCK_LEN);
}

static void authenticate(struct chachapoly *c, const uint8_t *key, struct span packet,
                         uint8_t tag[CHACHAPOLY_TAG_LEN])
{
    size_t len = 0;
    CHECK(EVP_MAC_init(c->mac, key, KEY_LEN, NULL) == 1);
    CHECK(EVP_MAC_update(c->mac, packet.data, packet.len) == 1);
    CHECK(EVP_MAC_final(c->mac, tag, &len, CHACHAPOLY_TAG_LEN) == 1);
}

void chachapoly_seal(struct chachapoly *c, uint32_t sequence, struct span packet,
                     uint8_t tag[CHACHAPOLY_TAG_LEN])
{
    CHECK(packet.len >= CHACHAPOLY_LENGTH_LEN);
    struct span body = bytes_span_skip(packet, CHACHAPOLY_LENGTH_LEN);
    uint8_t block[BLOCK_LEN];

    rewind_stream(c->length, sequence);
    apply(c->length, packet.data, packet.data, CHACHAPOLY_LENGTH_LEN);
    begin_body(c, sequence, block);
    apply(c->body, body.data, body.data, body.len);
    authenticate(c, block, packet, tag);
    bytes_wipe(block, sizeof(block));
}

uint32_t chachapoly_peek_length(struct chachapoly *c, uint32_t sequence,
                                const uint8_t in[CHACHAPOLY_LENGTH_LEN])
{
    uint8_t out[CHACHAPOLY_LENGTH_LEN];
    rewind_stream(c->length, sequence);
    apply(c->length, in, out, sizeof(out));
    return (uint32_t)out[0] << 24 | (uint32_t)out[1] << 16 | (uint32_t)out[2] << 8 | out[3];
}

/* The packet is the body, or ends with it. */
static enum err open_body(struct chachapoly *c, uint32_t sequence, struct span packet,
                          struct span body, const uint8_t tag[CHACHAPOLY_TAG_LEN])
{
    uint8_t block[BLOCK_LEN], expected[CHACHAPOLY_TAG_LEN];

    begin_body(c, sequence, block);
    authenticate(c, block, packet, expected);
    bytes_wipe(block, sizeof(block));
    if (!equal_secret(bytes_of(expected, sizeof(expected)), bytes_of(tag, sizeof(expected))))
        return ERR_BAD_MAC;
    apply(c->body, body.data, body.data, body.len);
    return OK;
}

enum err chachapoly_open(struct chachapoly *c, uint32_t sequence, struct span packet,
                         const uint8_t tag[CHACHAPOLY_TAG_LEN])
{
    CHECK(packet.len >= CHACHAPOLY_LENGTH_LEN);
    struct span body = bytes_span_skip(packet, CHACHAPOLY_LENGTH_LEN);
    return open_body(c, sequence, packet, body, tag);
}

enum err chachapoly_open_bare(struct chachapoly *c, uint32_t sequence, struct span body,
                              const uint8_t tag[CHACHAPOLY_TAG_LEN])
{
    return open_body(c, sequence, body, body, tag);
}
