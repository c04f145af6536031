/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/transport/packet_keys.h"

#include "base/check.h"

#include <string.h>

enum { BLOCK_LEN_UNPROTECTED = 8, NONCE_FIXED_LEN = 4 };

void packet_keys_set(struct packet_keys *k, const struct algorithms_cipher *cipher,
                     const struct algorithms_mac *mac, const struct packet_keys_material *material,
                     bool seals)
{
    packet_keys_wipe(k);
    k->cipher = cipher;
    switch (cipher->mode) {
    case ALGORITHMS_CTR:
        CHECK(mac != NULL);
        k->mac = mac;
        k->ctr = cipher_new(material->key, material->iv);
        k->hmac = mac_new(mac->digest, material->mac_key);
        break;
    case ALGORITHMS_GCM:
        CHECK(material->iv.len == AEAD_NONCE_LEN);
        k->gcm = aead_new(material->key, seals);
        memcpy(k->nonce, material->iv.data, AEAD_NONCE_LEN);
        break;
    case ALGORITHMS_CHACHAPOLY:
        k->chachapoly = chachapoly_new(material->key);
        break;
    }
}

void packet_keys_wipe(struct packet_keys *k)
{
    cipher_free(k->ctr);
    mac_free(k->hmac);
    aead_free(k->gcm);
    chachapoly_free(k->chachapoly);
    bytes_wipe(k, sizeof(*k));
}

bool packet_keys_length_apart(const struct packet_keys *k)
{
    return k->cipher && (!k->mac || k->mac->is_etm);
}

size_t packet_keys_block_len(const struct packet_keys *k)
{
    return k->cipher ? k->cipher->block_len : BLOCK_LEN_UNPROTECTED;
}

size_t packet_keys_tag_len(const struct packet_keys *k)
{
    if (!k->cipher)
        return 0;
    return k->mac ? digest_len(k->mac->digest) : AEAD_TAG_LEN;
}

void packet_keys_next_nonce(struct packet_keys *k)
{
    for (size_t i = AEAD_NONCE_LEN; i-- > NONCE_FIXED_LEN;) {
        if (++k->nonce[i] != 0)
            break;
    }
}

void packet_keys_sum(const struct packet_keys *k, uint32_t sequence, struct bytes octets,
                     uint8_t out[DIGEST_LEN_MAX])
{
    uint8_t number[4] = { (uint8_t)(sequence >> 24), (uint8_t)(sequence >> 16),
                          (uint8_t)(sequence >> 8), (uint8_t)sequence };
    struct bytes parts[] = { bytes_of(number, sizeof(number)), octets };
    mac_sum(k->hmac, parts, 2, out);
}
