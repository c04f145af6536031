/* SPDX-License-Identifier: BSD-2-Clause */
/* Asymmetric keys and raw signatures: the part of a key that libcrypto holds. Nothing here knows SSH's
 * encodings; see keys/. */
#pragma once

#include "base/buf.h"
#include "crypto/digest.h"

enum pkey_kind { PKEY_ED25519, PKEY_P256, PKEY_P384, PKEY_P521, PKEY_RSA };

struct pkey;

void pkey_free(struct pkey *key);
enum pkey_kind pkey_kind(const struct pkey *key);
/* Size in bits: the modulus, the curve, 256 for Ed25519. */
unsigned pkey_bits(const struct pkey *key);

/* Public keys from raw values: 32 octets; an uncompressed point on its curve; RSA with an odd modulus
 * of 1,024 to 16,384 bits and an odd exponent above 1. Otherwise ERR_BAD_VALUE. */
NODISCARD enum err pkey_ed25519_public(struct bytes public_value, struct pkey **key);
NODISCARD enum err pkey_ecdsa_public(enum pkey_kind curve, struct bytes point, struct pkey **key);
NODISCARD enum err pkey_rsa_public(struct bytes n, struct bytes e, struct pkey **key);

/* Private keys; halves that do not belong together are ERR_BAD_VALUE. */
NODISCARD enum err pkey_ed25519_private(struct bytes seed, struct bytes public_value,
                                        struct pkey **key);
NODISCARD enum err pkey_ecdsa_private(enum pkey_kind curve, struct bytes point, struct bytes scalar,
                                      struct pkey **key);
struct pkey_rsa {
    struct bytes n, e, d, p, q, iqmp;
};
NODISCARD enum err pkey_rsa_private(const struct pkey_rsa *values, struct pkey **key);

/* A fresh key; bits are for RSA only. */
NODISCARD enum err pkey_generate(enum pkey_kind kind, unsigned bits, struct pkey **key);

/* Reads a PEM file: PKCS#1, SEC1, PKCS#8, plain or encrypted. ERR_NEEDS_PASSPHRASE, ERR_WRONG_PASSPHRASE,
 * ERR_UNSUPPORTED for other kinds of key, ERR_BAD_VALUE. `passphrase` may be NULL. */
NODISCARD enum err pkey_from_pem(struct bytes pem, const struct bytes *passphrase,
                                 struct pkey **key);

/* Raw public values, appended: Ed25519's 32 octets, the uncompressed point, RSA's n or e (big-endian). */
NODISCARD enum err pkey_public_value(const struct pkey *key, struct buf *out);
NODISCARD enum err pkey_rsa_modulus(const struct pkey *key, struct buf *n, struct buf *e);

/* The private value for writing a key file: Ed25519's seed, the EC scalar; not RSA. */
NODISCARD enum err pkey_private_value(const struct pkey *key, struct buf *out);

/* Signatures. Ed25519: 64 octets, the digest is ignored. RSA: PKCS#1 v1.5, as long as the modulus.
 * ECDSA: r then s, each as wide as the curve's order. */
NODISCARD enum err pkey_sign(const struct pkey *key, enum digest_algorithm digest,
                             struct bytes message, struct buf *signature);
/* OK or ERR_BAD_SIGNATURE. */
NODISCARD enum err pkey_verify(const struct pkey *key, enum digest_algorithm digest,
                               struct bytes message, struct bytes signature);
