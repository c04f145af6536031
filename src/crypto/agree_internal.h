/* SPDX-License-Identifier: BSD-2-Clause */
/* The kinds of key agreement, one file each, behind agree.h. */
#pragma once

#include "crypto/agree.h"

#include <openssl/types.h>

struct agree {
    const struct agree_row *row;
    EVP_PKEY *pair;        /* X25519 */
    BIGNUM *private_value; /* the others */
    size_t public_len;
    uint8_t public_value[AGREE_PUBLIC_MAX];
};

struct agree_method {
    /* Makes the pair: fresh, or with this private value unless it is NULL; false if it is out of range. */
    bool (*make)(struct agree *agree, const struct bytes *private_value);
    /* Appends the secret; ERR_BAD_KEX. */
    enum err (*derive)(const struct agree *agree, struct bytes peer_public, struct buf *secret);
};

struct agree_row {
    const struct agree_method *method;
    int curve;                        /* libcrypto's number for the curve */
    BIGNUM *(*prime)(BIGNUM *result); /* of the MODP group */
    int private_bits;                 /* of a fresh private value in the MODP group */
};

extern const struct agree_method agree_x25519_method;
extern const struct agree_method agree_curve_method;
extern const struct agree_method agree_modp_method;
