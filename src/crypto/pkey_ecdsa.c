/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/check.h"
#include "crypto/crypto_internal.h"
#include "crypto/pkey_internal.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>

enum { UNCOMPRESSED = 4 };

static const struct {
    const char *group;
    size_t width;
} curves[] = {
    [PKEY_P256] = { "P-256", 32 },
    [PKEY_P384] = { "P-384", 48 },
    [PKEY_P521] = { "P-521", 66 },
};

const char *pkey_ecdsa_group(enum pkey_kind curve)
{
    CHECK(curve >= PKEY_P256 && curve <= PKEY_P521);
    return curves[curve].group;
}

size_t pkey_ecdsa_width(enum pkey_kind curve)
{
    CHECK(curve >= PKEY_P256 && curve <= PKEY_P521);
    return curves[curve].width;
}

/* The scalar may be NULL. The point is checked to be on the curve, which is enough: the curves have
 * cofactor 1. */
static EVP_PKEY *build(enum pkey_kind curve, struct bytes point, const BIGNUM *scalar)
{
    if (point.len != 1 + 2 * pkey_ecdsa_width(curve) || point.data[0] != UNCOMPRESSED)
        return NULL;
    OSSL_PARAM_BLD *values = OSSL_PARAM_BLD_new();
    CHECK(values != NULL);
    CHECK(OSSL_PARAM_BLD_push_utf8_string(values, OSSL_PKEY_PARAM_GROUP_NAME,
                                          pkey_ecdsa_group(curve), 0) == 1);
    CHECK(OSSL_PARAM_BLD_push_octet_string(values, OSSL_PKEY_PARAM_PUB_KEY, point.data,
                                           point.len) == 1);
    if (scalar)
        CHECK(OSSL_PARAM_BLD_push_BN(values, OSSL_PKEY_PARAM_PRIV_KEY, scalar) == 1);
    return pkey_build("EC", values, scalar != NULL);
}

enum err pkey_ecdsa_public(enum pkey_kind curve, struct bytes point, struct pkey **key)
{
    EVP_PKEY *evp = build(curve, point, NULL);
    if (!evp)
        return ERR_BAD_VALUE;
    *key = pkey_wrap(curve, evp);
    return OK;
}

bool pkey_ecdsa_is_pair(EVP_PKEY *evp)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, evp, NULL);
    CHECK(context != NULL);
    bool is_pair = EVP_PKEY_private_check(context) == 1 && EVP_PKEY_pairwise_check(context) == 1;
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return is_pair;
}

enum err pkey_ecdsa_private(enum pkey_kind curve, struct bytes point, struct bytes scalar,
                            struct pkey **key)
{
    if (scalar.len > pkey_ecdsa_width(curve) + 1)
        return ERR_BAD_VALUE;
    BIGNUM *number = pkey_number(scalar);
    EVP_PKEY *evp = build(curve, point, number);
    BN_clear_free(number);
    if (!evp || !pkey_ecdsa_is_pair(evp)) {
        EVP_PKEY_free(evp);
        return ERR_BAD_VALUE;
    }
    *key = pkey_wrap(curve, evp);
    return OK;
}

/* From its coordinates: a key from a PEM file may have its point in another form. */
enum err pkey_ecdsa_point(const struct pkey *key, struct buf *out)
{
    static const uint8_t form = UNCOMPRESSED;
    size_t width = pkey_ecdsa_width(key->kind), len = buf_len(out);
    BIGNUM *x = pkey_get(key->evp, OSSL_PKEY_PARAM_EC_PUB_X);
    BIGNUM *y = pkey_get(key->evp, OSSL_PKEY_PARAM_EC_PUB_Y);
    CHECK(x != NULL && y != NULL);

    enum err err = buf_append(out, bytes_of(&form, 1));
    if (err == OK)
        err = pkey_append(x, width, out);
    if (err == OK)
        err = pkey_append(y, width, out);
    if (err != OK)
        buf_truncate(out, len);
    BN_free(x);
    BN_free(y);
    return err;
}

enum err pkey_ecdsa_from_der(enum pkey_kind curve, struct bytes der, struct buf *out)
{
    size_t width = pkey_ecdsa_width(curve);
    struct span room;
    TRY(buf_reserve(out, 2 * width, &room));

    const uint8_t *at = der.data;
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)der.len);
    CHECK(signature != NULL);
    const BIGNUM *r = ECDSA_SIG_get0_r(signature), *s = ECDSA_SIG_get0_s(signature);
    CHECK(BN_bn2binpad(r, room.data, crypto_int(width)) == crypto_int(width));
    CHECK(BN_bn2binpad(s, room.data + width, crypto_int(width)) == crypto_int(width));
    buf_commit(out, 2 * width);
    ECDSA_SIG_free(signature);
    return OK;
}

static BIGNUM *half(struct bytes signature, size_t from, size_t width)
{
    struct bytes octets = bytes_slice(signature, from, width);
    BIGNUM *number = BN_bin2bn(octets.data, crypto_int(octets.len), NULL);
    CHECK(number != NULL);
    return number;
}

enum err pkey_ecdsa_to_der(enum pkey_kind curve, struct bytes signature, struct buf *der)
{
    size_t width = pkey_ecdsa_width(curve);
    if (signature.len != 2 * width)
        return ERR_BAD_SIGNATURE;
    ECDSA_SIG *numbers = ECDSA_SIG_new();
    CHECK(numbers != NULL);
    CHECK(ECDSA_SIG_set0(numbers, half(signature, 0, width), half(signature, width, width)) == 1);

    uint8_t *octets = NULL;
    int len = i2d_ECDSA_SIG(numbers, &octets);
    CHECK(len > 0);
    enum err err = buf_append(der, bytes_of(octets, (size_t)len));
    OPENSSL_free(octets);
    ECDSA_SIG_free(numbers);
    return err;
}
