/* SPDX-License-Identifier: BSD-2-Clause */
/* Key agreement: an ephemeral key pair, and the secret it shares with a peer's public value.
 * X25519 (RFC 7748), ECDH on the NIST curves (RFC 5656), finite-field DH on the MODP groups (RFC 3526).
 * A public value is raw: 32 octets, an uncompressed point, or the group element as a big-endian
 * number without leading zeros. */
#pragma once

#include "base/buf.h"

enum agree_algorithm {
    AGREE_X25519,
    AGREE_P256,
    AGREE_P384,
    AGREE_P521,
    AGREE_MODP14,
    AGREE_MODP16,
    AGREE_MODP18,
};

enum { AGREE_PUBLIC_MAX = 1024, AGREE_SECRET_MAX = 1024 };

struct agree;

/* Makes a fresh key pair. */
struct agree *agree_new(enum agree_algorithm algorithm);
void agree_free(struct agree *agree);

/* For known-answer tests: a pair with this private value (big-endian; raw for X25519).
 * NULL if it is out of range. */
struct agree *agree_with_private(enum agree_algorithm algorithm, struct bytes private_value);

/* Valid as long as the object. */
struct bytes agree_public(const struct agree *agree);

/* Appends the shared secret, with a fixed width for the curves (the caller makes an mpint of it).
 * ERR_BAD_KEX for a value of the wrong length or form, not on the curve, of low order, 0, 1, p-1 or
 * above (RFC 8268 section 4). */
NODISCARD enum err agree_derive(struct agree *agree, struct bytes peer_public, struct buf *secret);
