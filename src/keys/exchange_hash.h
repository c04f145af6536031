/* SPDX-License-Identifier: BSD-2-Clause */
/* The exchange hash H of a key exchange: what a host's key signs (RFC 4253 section 8, RFC 5656 section 4,
 * RFC 8731). */
#pragma once

#include "base/buf.h"
#include "crypto/digest.h"

/* What both sides know. Shares are raw public values; `shares_are_mpints` with finite-field groups.
 * `secret` is K, encoded as it goes into the hash (an mpint with its length). */
struct exchange_hash_parts {
    enum digest_algorithm digest;
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

/* ERR_NO_SPACE when the parts are larger than any honest ones. */
NODISCARD enum err exchange_hash_compute(const struct exchange_hash_parts *parts,
                                         struct exchange_hash *hash);
