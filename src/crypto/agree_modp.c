/* SPDX-License-Identifier: BSD-2-Clause */
/* Diffie-Hellman on the MODP groups of RFC 3526 with the generator 2, RFC 4253 section 8 and RFC 8268.
 * The groups' primes are safe: only 1 and p-1 have low order. */
#include "crypto/agree_internal.h"

#include "base/check.h"

#include <openssl/bn.h>

static BIGNUM *number(struct bytes octets)
{
    BIGNUM *n = BN_bin2bn(octets.data, (int)octets.len, NULL);
    CHECK(n != NULL);
    return n;
}

/* 1 < n < p - 1; the prime is odd. */
static bool is_in_range(const BIGNUM *n, const BIGNUM *prime)
{
    BIGNUM *top = BN_dup(prime);
    CHECK(top != NULL);
    CHECK(BN_sub_word(top, 1) == 1);
    bool answer = BN_cmp(n, BN_value_one()) > 0 && BN_cmp(n, top) < 0;
    BN_free(top);
    return answer;
}

/* base ^ exponent mod prime; the time does not depend on the bits of the exponent. */
static BIGNUM *power(const BIGNUM *base, const BIGNUM *exponent, const BIGNUM *prime)
{
    BIGNUM *result = BN_new();
    BN_CTX *context = BN_CTX_new();
    CHECK(result != NULL && context != NULL);
    CHECK(BN_mod_exp_mont_consttime(result, base, exponent, prime, context, NULL) == 1);
    BN_CTX_free(context);
    return result;
}

static BIGNUM *pick_private(const struct agree *agree)
{
    BIGNUM *value = BN_new();
    CHECK(value != NULL);
    CHECK(BN_priv_rand(value, agree->row->private_bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1);
    return value;
}

static bool make(struct agree *agree, const struct bytes *private_value)
{
    BIGNUM *prime = agree->row->prime(NULL), *two = BN_new();
    CHECK(prime != NULL && two != NULL);
    CHECK(BN_set_word(two, 2) == 1);

    agree->private_value = private_value ? number(*private_value) : pick_private(agree);
    bool is_valid = is_in_range(agree->private_value, prime);
    if (is_valid) {
        BIGNUM *element = power(two, agree->private_value, prime);
        agree->public_len = (size_t)BN_bn2bin(element, agree->public_value);
        BN_free(element);
    }
    BN_free(two);
    BN_free(prime);
    return is_valid;
}

static enum err append(struct buf *secret, const BIGNUM *n)
{
    struct span room;
    TRY(buf_reserve(secret, (size_t)BN_num_bytes(n), &room));
    buf_commit(secret, (size_t)BN_bn2bin(n, room.data));
    return OK;
}

static enum err derive(const struct agree *agree, struct bytes peer_public, struct buf *secret)
{
    if (peer_public.len > AGREE_PUBLIC_MAX)
        return ERR_BAD_KEX;
    BIGNUM *prime = agree->row->prime(NULL), *peer = number(peer_public);
    CHECK(prime != NULL);

    enum err err = ERR_BAD_KEX;
    if (is_in_range(peer, prime)) {
        BIGNUM *shared = power(peer, agree->private_value, prime);
        err = append(secret, shared);
        BN_clear_free(shared);
    }
    BN_free(peer);
    BN_free(prime);
    return err;
}

const struct agree_method agree_modp_method = { make, derive };
