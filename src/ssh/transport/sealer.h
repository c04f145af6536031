/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes packets (RFC 4253 section 6) at the end of an output buffer: the payload is written where it will be encrypted.
 * It knows no messages. */
#pragma once

#include "base/buf.h"
#include "base/rng.h"
#include "ssh/transport/packet_keys.h"

struct sealer {
    struct packet_keys keys;
    uint32_t sequence; /* of the next packet */
    uint64_t octets;   /* sealed with these keys */
    uint64_t packets;
    const struct rng *rng;
};

/* Octets before the payload: packet_length and padding_length. */
enum { SEALER_HEADER_LEN = 5, SEALER_OVERHEAD_MAX = SEALER_HEADER_LEN + 255 + PACKET_TAG_MAX };

void sealer_init(struct sealer *s, const struct rng *rng);
void sealer_wipe(struct sealer *s);

/* Starts using new keys; `resets` for strict key exchange: the sequence number restarts at 0. */
void sealer_set_keys(struct sealer *s, const struct algorithms_cipher *cipher,
                     const struct algorithms_mac *mac, const struct packet_keys_material *material,
                     bool resets);

/* Octets that a payload takes on the wire. */
size_t sealer_wire_len(const struct sealer *s, size_t payload_len);

/* Seals in place: `packet` has sealer_wire_len octets, with the payload after the first
 * SEALER_HEADER_LEN. */
void sealer_seal(struct sealer *s, struct span packet, size_t payload_len);

/* Copies a payload into a packet at the end of `out`. ERR_NO_SPACE at the buf's limit. */
NODISCARD enum err sealer_append(struct sealer *s, struct bytes payload, struct buf *out);
