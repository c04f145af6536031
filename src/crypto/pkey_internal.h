/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of pkey.h share. */
#pragma once

#include "crypto/pkey.h"

#include <openssl/evp.h>
#include <openssl/param_build.h>

enum { PKEY_RSA_BITS_MIN = 1024, PKEY_RSA_BITS_MAX = 16384, PKEY_ED25519_LEN = 32 };

struct pkey {
    enum pkey_kind kind;
    EVP_PKEY *evp;
};

/* Takes the key over. */
struct pkey *pkey_wrap(enum pkey_kind kind, EVP_PKEY *evp);

/* Makes a key of values and frees their list; NULL when libcrypto refuses them. */
EVP_PKEY *pkey_build(const char *type, OSSL_PARAM_BLD *values, bool is_private);

/* A number whose memory, and each copy that libcrypto makes of it, is wiped. */
BIGNUM *pkey_number(struct bytes octets);
/* A number of the key, to be freed; NULL if it has none of that name. */
BIGNUM *pkey_get(const EVP_PKEY *evp, const char *name);
/* Appends the number with this many octets. */
NODISCARD enum err pkey_append(const BIGNUM *number, size_t width, struct buf *out);

/* libcrypto's name of the curve; the octets of a coordinate, which are those of the order too. */
const char *pkey_ecdsa_group(enum pkey_kind curve);
size_t pkey_ecdsa_width(enum pkey_kind curve);
/* Whether the scalar is in range and the point its multiple. */
bool pkey_ecdsa_is_pair(EVP_PKEY *evp);
/* Appends the uncompressed point. */
NODISCARD enum err pkey_ecdsa_point(const struct pkey *key, struct buf *out);
/* Signatures: DER, as libcrypto has them, from and to r then s. */
NODISCARD enum err pkey_ecdsa_from_der(enum pkey_kind curve, struct bytes der, struct buf *out);
NODISCARD enum err pkey_ecdsa_to_der(enum pkey_kind curve, struct bytes signature, struct buf *der);

/* Whether the key has a modulus and an exponent that we take; whether its private numbers fit them. */
bool pkey_rsa_is_acceptable(const EVP_PKEY *evp);
bool pkey_rsa_is_pair(const EVP_PKEY *evp);
