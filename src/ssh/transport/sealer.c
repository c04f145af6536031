/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/transport/sealer.h"

#include "base/check.h"

#include <string.h>

void sealer_init(struct sealer *s, const struct rng *rng)
{
    *s = (struct sealer){ .rng = rng };
}

void sealer_wipe(struct sealer *s)
{
    packet_keys_wipe(&s->keys);
}

void sealer_set_keys(struct sealer *s, const struct algorithms_cipher *cipher,
                     const struct algorithms_mac *mac, const struct packet_keys_material *material,
                     bool resets)
{
    packet_keys_set(&s->keys, cipher, mac, material, true);
    s->octets = s->packets = 0;
    if (resets)
        s->sequence = 0;
}

static size_t padding_len(const struct sealer *s, size_t payload_len)
{
    size_t block = packet_keys_block_len(&s->keys);
    size_t counted = payload_len + (packet_keys_length_apart(&s->keys) ? 1 : SEALER_HEADER_LEN);
    size_t padding = block - counted % block;
    return padding < PACKET_PADDING_MIN ? padding + block : padding;
}

size_t sealer_wire_len(const struct sealer *s, size_t payload_len)
{
    return SEALER_HEADER_LEN + payload_len + padding_len(s, payload_len) +
           packet_keys_tag_len(&s->keys);
}

static void protect_with_mac(struct sealer *s, struct span body, uint8_t *tag)
{
    uint8_t sum[DIGEST_LEN_MAX];
    struct span rest = bytes_span_skip(body, 4);
    if (s->keys.mac->is_etm) {
        cipher_apply(s->keys.ctr, rest);
        packet_keys_sum(&s->keys, s->sequence, bytes_span(body), sum);
    } else {
        packet_keys_sum(&s->keys, s->sequence, bytes_span(body), sum);
        cipher_apply(s->keys.ctr, body);
    }
    memcpy(tag, sum, packet_keys_tag_len(&s->keys));
}

static void protect(struct sealer *s, struct span body, uint8_t *tag)
{
    if (!s->keys.cipher)
        return;
    switch (s->keys.cipher->mode) {
    case ALGORITHMS_CTR:
        protect_with_mac(s, body, tag);
        break;
    case ALGORITHMS_GCM:
        aead_seal(s->keys.gcm, s->keys.nonce, bytes_of(body.data, 4), bytes_span_skip(body, 4),
                  tag);
        packet_keys_next_nonce(&s->keys);
        break;
    case ALGORITHMS_CHACHAPOLY:
        chachapoly_seal(s->keys.chachapoly, s->sequence, body, tag);
        break;
    }
}

void sealer_seal(struct sealer *s, struct span packet, size_t payload_len)
{
    CHECK(packet.len == sealer_wire_len(s, payload_len));
    size_t padding = padding_len(s, payload_len);
    size_t len = 1 + payload_len + padding;
    for (size_t i = 0; i < 4; i++)
        packet.data[i] = (uint8_t)(len >> (8 * (3 - i)));
    packet.data[4] = (uint8_t)padding;
    rng_fill(s->rng, packet.data + SEALER_HEADER_LEN + payload_len, padding);

    struct span body = { packet.data, 4 + len };
    protect(s, body, packet.data + body.len);
    s->sequence++;
    s->packets++;
    s->octets += packet.len;
}

enum err sealer_append(struct sealer *s, struct bytes payload, struct buf *out)
{
    struct span packet;
    TRY(buf_reserve(out, sealer_wire_len(s, payload.len), &packet));
    memcpy(packet.data + SEALER_HEADER_LEN, payload.data, payload.len);
    sealer_seal(s, packet, payload.len);
    buf_commit(out, packet.len);
    return OK;
}
