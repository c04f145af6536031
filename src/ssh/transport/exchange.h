/* SPDX-License-Identifier: BSD-2-Clause */
/* Derives the keys from the secret and the hash of a key exchange, RFC 4253 section 7.2. */
#pragma once

#include "keys/exchange_hash.h"
#include "ssh/transport/algorithms.h"
#include "ssh/transport/packet_keys.h"

/* One direction's keys. The struct owns them. */
struct exchange_keys {
    uint8_t iv[DIGEST_LEN_MAX], key[2 * DIGEST_LEN_MAX], mac_key[DIGEST_LEN_MAX];
    struct packet_keys_material material; /* points into the arrays: do not copy the struct */
};

void exchange_derive(enum digest_algorithm digest, struct bytes secret,
                     const struct exchange_hash *hash, struct bytes session_id,
                     bool client_to_server, const struct algorithms_cipher *cipher,
                     const struct algorithms_mac *mac, struct exchange_keys *keys);
