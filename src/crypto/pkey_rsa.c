/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/check.h"
#include "crypto/pkey_internal.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>

/* Octets of the largest modulus, and a sign octet that some writers put before it. */
enum { NUMBER_LEN_MAX = PKEY_RSA_BITS_MAX / 8 + 1 };

struct numbers {
    BIGNUM *n, *e, *d, *p, *q, *iqmp;
};

static void numbers_wipe(struct numbers *a)
{
    BN_free(a->n);
    BN_free(a->e);
    BN_clear_free(a->d);
    BN_clear_free(a->p);
    BN_clear_free(a->q);
    BN_clear_free(a->iqmp);
}

static bool is_public_acceptable(const struct numbers *a)
{
    int bits = BN_num_bits(a->n);
    return bits >= PKEY_RSA_BITS_MIN && bits <= PKEY_RSA_BITS_MAX && BN_is_odd(a->n) &&
           BN_is_odd(a->e) && !BN_is_one(a->e) && BN_cmp(a->e, a->n) < 0;
}

/* d mod (prime - 1), needed for the Chinese remainder theorem. */
static BIGNUM *reduced(const BIGNUM *d, const BIGNUM *prime, BN_CTX *context)
{
    BIGNUM *result = BN_secure_new(), *order = BN_dup(prime);
    CHECK(result != NULL && order != NULL);
    BN_set_flags(order, BN_FLG_CONSTTIME);
    CHECK(BN_sub_word(order, 1) == 1 && BN_mod(result, d, order, context) == 1);
    BN_clear_free(order);
    return result;
}

/* Whether e * d = 1 modulo prime - 1. */
static bool inverts(const struct numbers *a, const BIGNUM *prime, BN_CTX *context)
{
    BIGNUM *product = BN_secure_new();
    CHECK(product != NULL);
    CHECK(BN_mul(product, a->e, a->d, context) == 1);
    BIGNUM *rest = reduced(product, prime, context);
    bool answer = BN_is_one(rest);
    BN_clear_free(product);
    BN_clear_free(rest);
    return answer;
}

/* Whether the numbers belong together. Whether p and q are prime is not checked: that takes seconds, and
 * the maker of such a key knows it anyway. */
static bool is_private_sound(const struct numbers *a)
{
    if (!BN_is_odd(a->p) || !BN_is_odd(a->q) || BN_is_one(a->p) || BN_is_one(a->q))
        return false;
    BN_CTX *context = BN_CTX_new();
    BIGNUM *product = BN_secure_new();
    CHECK(context != NULL && product != NULL);
    CHECK(BN_mul(product, a->p, a->q, context) == 1);
    bool answer = BN_cmp(product, a->n) == 0 && BN_cmp(a->d, a->n) < 0;
    if (answer) {
        CHECK(BN_mod_mul(product, a->q, a->iqmp, a->p, context) == 1);
        answer = BN_is_one(product) && inverts(a, a->p, context) && inverts(a, a->q, context);
    }
    BN_clear_free(product);
    BN_CTX_free(context);
    return answer;
}

bool pkey_rsa_is_acceptable(const EVP_PKEY *evp)
{
    struct numbers a = { .n = pkey_get(evp, OSSL_PKEY_PARAM_RSA_N),
                         .e = pkey_get(evp, OSSL_PKEY_PARAM_RSA_E) };
    bool answer = a.n && a.e && is_public_acceptable(&a);
    numbers_wipe(&a);
    return answer;
}

bool pkey_rsa_is_pair(const EVP_PKEY *evp)
{
    struct numbers a = {
        .n = pkey_get(evp, OSSL_PKEY_PARAM_RSA_N),
        .e = pkey_get(evp, OSSL_PKEY_PARAM_RSA_E),
        .d = pkey_get(evp, OSSL_PKEY_PARAM_RSA_D),
        .p = pkey_get(evp, OSSL_PKEY_PARAM_RSA_FACTOR1),
        .q = pkey_get(evp, OSSL_PKEY_PARAM_RSA_FACTOR2),
        .iqmp = pkey_get(evp, OSSL_PKEY_PARAM_RSA_COEFFICIENT1),
    };
    bool answer = a.n && a.e && a.d && a.p && a.q && a.iqmp && is_private_sound(&a);
    numbers_wipe(&a);
    return answer;
}

static void push(OSSL_PARAM_BLD *values, const char *name, const BIGNUM *number)
{
    CHECK(OSSL_PARAM_BLD_push_BN(values, name, number) == 1);
}

static EVP_PKEY *build_public(const struct numbers *a)
{
    OSSL_PARAM_BLD *values = OSSL_PARAM_BLD_new();
    CHECK(values != NULL);
    push(values, OSSL_PKEY_PARAM_RSA_N, a->n);
    push(values, OSSL_PKEY_PARAM_RSA_E, a->e);
    return pkey_build("RSA", values, false);
}

enum err pkey_rsa_public(struct bytes n, struct bytes e, struct pkey **key)
{
    if (n.len > NUMBER_LEN_MAX || e.len > NUMBER_LEN_MAX)
        return ERR_BAD_VALUE;
    struct numbers a = { .n = pkey_number(n), .e = pkey_number(e) };
    EVP_PKEY *evp = is_public_acceptable(&a) ? build_public(&a) : NULL;
    numbers_wipe(&a);
    if (!evp)
        return ERR_BAD_VALUE;
    *key = pkey_wrap(PKEY_RSA, evp);
    return OK;
}

static EVP_PKEY *build_private(const struct numbers *a)
{
    BN_CTX *context = BN_CTX_new();
    CHECK(context != NULL);
    BIGNUM *dp = reduced(a->d, a->p, context), *dq = reduced(a->d, a->q, context);
    OSSL_PARAM_BLD *values = OSSL_PARAM_BLD_new();
    CHECK(values != NULL);
    push(values, OSSL_PKEY_PARAM_RSA_N, a->n);
    push(values, OSSL_PKEY_PARAM_RSA_E, a->e);
    push(values, OSSL_PKEY_PARAM_RSA_D, a->d);
    push(values, OSSL_PKEY_PARAM_RSA_FACTOR1, a->p);
    push(values, OSSL_PKEY_PARAM_RSA_FACTOR2, a->q);
    push(values, OSSL_PKEY_PARAM_RSA_EXPONENT1, dp);
    push(values, OSSL_PKEY_PARAM_RSA_EXPONENT2, dq);
    push(values, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, a->iqmp);
    EVP_PKEY *evp = pkey_build("RSA", values, true);
    BN_clear_free(dp);
    BN_clear_free(dq);
    BN_CTX_free(context);
    return evp;
}

enum err pkey_rsa_private(const struct pkey_rsa *in, struct pkey **key)
{
    const struct bytes all[] = { in->n, in->e, in->d, in->p, in->q, in->iqmp };
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (all[i].len > NUMBER_LEN_MAX)
            return ERR_BAD_VALUE;
    }
    struct numbers a = { pkey_number(in->n), pkey_number(in->e), pkey_number(in->d),
                         pkey_number(in->p), pkey_number(in->q), pkey_number(in->iqmp) };
    bool is_sound = is_public_acceptable(&a) && is_private_sound(&a);
    EVP_PKEY *evp = is_sound ? build_private(&a) : NULL;
    numbers_wipe(&a);
    if (!evp)
        return ERR_BAD_VALUE;
    *key = pkey_wrap(PKEY_RSA, evp);
    return OK;
}

static enum err append(const struct pkey *key, const char *name, struct buf *out)
{
    BIGNUM *number = pkey_get(key->evp, name);
    CHECK(number != NULL);
    enum err err = pkey_append(number, (size_t)BN_num_bytes(number), out);
    BN_free(number);
    return err;
}

enum err pkey_rsa_modulus(const struct pkey *key, struct buf *n, struct buf *e)
{
    CHECK(key->kind == PKEY_RSA);
    TRY(append(key, OSSL_PKEY_PARAM_RSA_N, n));
    return append(key, OSSL_PKEY_PARAM_RSA_E, e);
}
