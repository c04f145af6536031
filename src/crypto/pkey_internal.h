/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files that implement pkey.h share. */
#pragma once

#include "crypto/pkey.h"

#include <openssl/evp.h>
#include <openssl/param_build.h>

enum { PKEY_RSA_BITS_MIN = 1024, PKEY_RSA_BITS_MAX = 16384, PKEY_ED25519_LEN = 32 };

struct pkey {
    enum pkey_kind kind;
    EVP_PKEY *evp;
};

/* Takes ownership of `evp`. */
struct pkey *pkey_wrap(enum pkey_kind kind, EVP_PKEY *evp);

/* Makes a key from the values and frees their list; NULL if libcrypto refuses them. */
EVP_PKEY *pkey_build(const char *type, OSSL_PARAM_BLD *values, bool is_private);

/* A number whose memory is wiped, as is each copy that libcrypto makes. */
BIGNUM *pkey_number(struct bytes octets);
/* The key's number of that name, to be freed by the caller, or NULL. */
BIGNUM *pkey_get(const EVP_PKEY *evp, const char *name);
/* Appends the number, padded to this many octets. */
NODISCARD enum err pkey_append(const BIGNUM *number, size_t width, struct buf *out);

/* libcrypto's name for the curve; the octets of a coordinate, which are also those of the order. */
const char *pkey_ecdsa_group(enum pkey_kind curve);
size_t pkey_ecdsa_width(enum pkey_kind curve);
/* Whether the scalar is in range and the point its multiple. */
bool pkey_ecdsa_is_pair(EVP_PKEY *evp);
/* Appends the uncompressed point. */
NODISCARD enum err pkey_ecdsa_point(const struct pkey *key, struct buf *out);
/* Signatures: between DER, libcrypto's form, and r then s. */
NODISCARD enum err pkey_ecdsa_from_der(enum pkey_kind curve, struct bytes der, struct buf *out);
NODISCARD enum err pkey_ecdsa_to_der(enum pkey_kind curve, struct bytes signature, struct buf *der);

/* Whether the key's modulus and exponent are ones that we accept; whether its private numbers fit them. */
bool pkey_rsa_is_acceptable(const EVP_PKEY *evp);
bool pkey_rsa_is_pair(const EVP_PKEY *evp);
