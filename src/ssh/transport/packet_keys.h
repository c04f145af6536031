/* SPDX-License-Identifier: BSD-2-Clause */
/* What protects one direction of a connection: the ciphers' state after a key exchange, or nothing
 * before the first one. Sealing and opening (sealer.h, opener.h) share it. */
#pragma once

#include "crypto/aead.h"
#include "crypto/chachapoly.h"
#include "crypto/cipher.h"
#include "crypto/mac.h"
#include "ssh/transport/algorithms.h"

struct packet_keys {
    const struct algorithms_cipher *cipher; /* NULL: no protection yet */
    const struct algorithms_mac *mac;       /* NULL with an AEAD */
    struct cipher *ctr;
    struct mac *hmac;
    struct aead *gcm;
    struct chachapoly *chachapoly;
    uint8_t nonce[AEAD_NONCE_LEN]; /* GCM: 4 fixed octets, then a counter (RFC 5647 section 7.1) */
};

/* Key material of the right length for the algorithms, RFC 4253 section 7.2. */
struct packet_keys_material {
    struct bytes iv, key, mac_key;
};

/* `seals`: for the direction that we send. `mac` is ignored with an AEAD. */
void packet_keys_set(struct packet_keys *k, const struct algorithms_cipher *cipher,
                     const struct algorithms_mac *mac, const struct packet_keys_material *material,
                     bool seals);
void packet_keys_wipe(struct packet_keys *k);

/* Whether packet_length is sent in the clear or on its own (AEAD, ETM): padding then does not count
 * its four octets. */
bool packet_keys_length_apart(const struct packet_keys *k);
size_t packet_keys_block_len(const struct packet_keys *k);
size_t packet_keys_tag_len(const struct packet_keys *k);

/* Advances the GCM invocation counter, modulo 2^64. */
void packet_keys_next_nonce(struct packet_keys *k);

/* The MAC over the sequence number and the octets: packet_keys_tag_len octets. */
void packet_keys_sum(const struct packet_keys *k, uint32_t sequence, struct bytes octets,
                     uint8_t out[DIGEST_LEN_MAX]);

/* Bounds of packet_length. */
enum {
    PACKET_LEN_MIN = 5,                  /* padding_length and the least padding */
    PACKET_LEN_MAX_BEFORE_LOGIN = 35000, /* octets of a packet in the login, RFC 4253 section 6.1 */
    PACKET_LEN_MAX = 256 * 1024,         /* octets of a packet: what OpenSSH takes */
    PACKET_PADDING_MIN = 4,
    PACKET_TAG_MAX = DIGEST_LEN_MAX,
};
