/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/pkey.h"

#include "base/check.h"
#include "crypto/crypto_internal.h"
#include "crypto/pkey_internal.h"
#include "crypto/random_internal.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>

#include <stdlib.h>

enum { DER_MAX = 160 };

struct pkey *pkey_wrap(enum pkey_kind kind, EVP_PKEY *evp)
{
    struct pkey *key = malloc(sizeof(*key));
    CHECK(key != NULL);
    *key = (struct pkey){ kind, evp };
    return key;
}

EVP_PKEY *pkey_build(const char *type, OSSL_PARAM_BLD *values, bool is_private)
{
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(values);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    CHECK(params != NULL && context != NULL);
    CHECK(EVP_PKEY_fromdata_init(context) == 1);

    EVP_PKEY *evp = NULL;
    int selection = is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
    if (EVP_PKEY_fromdata(context, &evp, selection, params) != 1) {
        ERR_clear_error();
        evp = NULL;
    }
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(values);
    return evp;
}

BIGNUM *pkey_number(struct bytes octets)
{
    BIGNUM *number = BN_secure_new();
    CHECK(number != NULL);
    CHECK(BN_bin2bn(octets.data, crypto_int(octets.len), number) != NULL);
    return number;
}

BIGNUM *pkey_get(const EVP_PKEY *evp, const char *name)
{
    BIGNUM *number = NULL;
    if (EVP_PKEY_get_bn_param(evp, name, &number) == 1)
        return number;
    ERR_clear_error();
    return NULL;
}

enum err pkey_append(const BIGNUM *number, size_t width, struct buf *out)
{
    struct span room;
    TRY(buf_reserve(out, width, &room));
    CHECK(BN_bn2binpad(number, room.data, crypto_int(width)) == crypto_int(width));
    buf_commit(out, width);
    return OK;
}

void pkey_free(struct pkey *key)
{
    if (!key)
        return;
    EVP_PKEY_free(key->evp);
    free(key);
}

enum pkey_kind pkey_kind(const struct pkey *key)
{
    return key->kind;
}

unsigned pkey_bits(const struct pkey *key)
{
    /* libcrypto returns 253, the size of Ed25519's group. */
    return key->kind == PKEY_ED25519 ? 256 : (unsigned)EVP_PKEY_get_bits(key->evp);
}

enum err pkey_generate(enum pkey_kind kind, unsigned bits, struct pkey **key)
{
    EVP_PKEY *evp = NULL;
    random_notice_fork();
    switch (kind) {
    case PKEY_ED25519:
        evp = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
        break;
    case PKEY_P256:
    case PKEY_P384:
    case PKEY_P521:
        evp = EVP_PKEY_Q_keygen(NULL, NULL, "EC", pkey_ecdsa_group(kind));
        break;
    case PKEY_RSA:
        if (bits < PKEY_RSA_BITS_MIN || bits > PKEY_RSA_BITS_MAX)
            return ERR_BAD_VALUE;
        evp = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)bits);
        break;
    }
    if (!evp)
        return ERR_CRYPTO;
    *key = pkey_wrap(kind, evp);
    return OK;
}

enum err pkey_public_value(const struct pkey *key, struct buf *out)
{
    if (key->kind == PKEY_RSA)
        return ERR_UNSUPPORTED;
    if (key->kind != PKEY_ED25519)
        return pkey_ecdsa_point(key, out);

    struct span room;
    size_t len = PKEY_ED25519_LEN;
    TRY(buf_reserve(out, len, &room));
    CHECK(EVP_PKEY_get_raw_public_key(key->evp, room.data, &len) == 1);
    buf_commit(out, len);
    return OK;
}

enum err pkey_private_value(const struct pkey *key, struct buf *out)
{
    if (key->kind == PKEY_RSA)
        return ERR_UNSUPPORTED;
    if (key->kind != PKEY_ED25519) {
        BIGNUM *scalar = pkey_get(key->evp, OSSL_PKEY_PARAM_PRIV_KEY);
        CHECK(scalar != NULL);
        enum err err = pkey_append(scalar, pkey_ecdsa_width(key->kind), out);
        BN_clear_free(scalar);
        return err;
    }
    struct span room;
    size_t len = PKEY_ED25519_LEN;
    TRY(buf_reserve(out, len, &room));
    CHECK(EVP_PKEY_get_raw_private_key(key->evp, room.data, &len) == 1);
    buf_commit(out, len);
    return OK;
}

/* The digest's name, or NULL for Ed25519, which has its own. */
static const char *digest_name(const struct pkey *key, enum digest_algorithm digest)
{
    return key->kind == PKEY_ED25519 ? NULL : EVP_MD_get0_name(crypto_digest(digest));
}

/* A signature in libcrypto's form. */
static enum err sign_raw(const struct pkey *key, enum digest_algorithm digest, struct bytes message,
                         struct buf *out)
{
    size_t len = (size_t)EVP_PKEY_get_size(key->evp);
    struct span room;
    TRY(buf_reserve(out, len, &room));

    EVP_MD_CTX *context = EVP_MD_CTX_new();
    CHECK(context != NULL);
    bool is_done = EVP_DigestSignInit_ex(context, NULL, digest_name(key, digest), NULL, NULL,
                                         key->evp, NULL) == 1 &&
                   EVP_DigestSign(context, room.data, &len, message.data, message.len) == 1;
    EVP_MD_CTX_free(context);
    if (!is_done) {
        ERR_clear_error();
        return ERR_CRYPTO;
    }
    buf_commit(out, len);
    return OK;
}

enum err pkey_sign(const struct pkey *key, enum digest_algorithm digest, struct bytes message,
                   struct buf *signature)
{
    random_notice_fork();
    if (key->kind == PKEY_ED25519 || key->kind == PKEY_RSA)
        return sign_raw(key, digest, message, signature);
    scoped(buf) der = BUF_EMPTY(DER_MAX);
    TRY(sign_raw(key, digest, message, &der));
    return pkey_ecdsa_from_der(key->kind, buf_bytes(&der), signature);
}

static enum err verify_raw(const struct pkey *key, enum digest_algorithm digest,
                           struct bytes message, struct bytes signature)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    CHECK(context != NULL);
    bool is_good =
        EVP_DigestVerifyInit_ex(context, NULL, digest_name(key, digest), NULL, NULL, key->evp,
                                NULL) == 1 &&
        EVP_DigestVerify(context, signature.data, signature.len, message.data, message.len) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return is_good ? OK : ERR_BAD_SIGNATURE;
}

enum err pkey_verify(const struct pkey *key, enum digest_algorithm digest, struct bytes message,
                     struct bytes signature)
{
    if (key->kind == PKEY_ED25519 || key->kind == PKEY_RSA)
        return verify_raw(key, digest, message, signature);
    scoped(buf) der = BUF_EMPTY(DER_MAX);
    TRY(pkey_ecdsa_to_der(key->kind, signature, &der));
    return verify_raw(key, digest, message, buf_bytes(&der));
}
