/* SPDX-License-Identifier: BSD-2-Clause */
/* The mathematics of a key exchange: the exchange hash H (RFC 4253 section 8, RFC 5656 section 4,
 * RFC 8731) and the keys made from it (RFC 4253 section 7.2). */
#pragma once

#include "base/buf.h"
#include "crypto/digest.h"
#include "ssh/transport/algorithms.h"
#include "ssh/transport/packet_keys.h"

/* What both sides know in the clear. Shares are raw public values; `shares_are_mpints` with
 * finite-field groups. `secret` is K, encoded as it goes into the hash (an mpint with its length). */
struct exchange_parts {
    struct bytes client_ident, server_ident; /* lines without CR LF */
    struct bytes client_kexinit, server_kexinit;
    struct bytes host_key;
    struct bytes client_share, server_share;
    bool shares_are_mpints;
    struct bytes secret;
};

struct exchange_hash {
    uint8_t octets[DIGEST_LEN_MAX];
    size_t len;
};

/* ERR_NO_SPACE when the parts are too large to be honest. */
NODISCARD enum err exchange_compute_hash(enum digest_algorithm digest,
                                         const struct exchange_parts *parts,
                                         struct exchange_hash *hash);

/* One direction's keys. The struct owns them. */
struct exchange_keys {
    uint8_t iv[DIGEST_LEN_MAX], key[2 * DIGEST_LEN_MAX], mac_key[DIGEST_LEN_MAX];
    struct packet_keys_material material; /* points into the arrays: do not copy the struct */
};

void exchange_derive(enum digest_algorithm digest, struct bytes secret,
                     const struct exchange_hash *hash, struct bytes session_id,
                     bool client_to_server, const struct algorithms_cipher *cipher,
                     const struct algorithms_mac *mac, struct exchange_keys *keys);
