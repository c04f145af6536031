/* SPDX-License-Identifier: BSD-2-Clause */
/* ECDH on the NIST curves, RFC 5656 section 4. libcrypto's key objects would check a peer's point by a
 * multiplication with the group's order; as the curves have the cofactor 1, being on the curve is
 * enough, and the points themselves are simpler to use. */
#include "crypto/agree_internal.h"

#include "base/check.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>

enum { UNCOMPRESSED = 4 };

static size_t field_len(const EC_GROUP *group)
{
    return (size_t)(EC_GROUP_get_degree(group) + 7) / 8;
}

static BIGNUM *pick_private(const EC_GROUP *group, const struct bytes *given)
{
    const BIGNUM *order = EC_GROUP_get0_order(group);
    BIGNUM *value = given ? BN_bin2bn(given->data, (int)given->len, NULL) : BN_new();
    CHECK(value != NULL);
    while (!given && BN_is_zero(value))
        CHECK(BN_priv_rand_range(value, order) == 1);
    if (!BN_is_zero(value) && BN_cmp(value, order) < 0)
        return value;
    BN_clear_free(value);
    return NULL;
}

static bool make(struct agree *agree, const struct bytes *private_value)
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(agree->row->curve);
    CHECK(group != NULL);
    agree->private_value = pick_private(group, private_value);
    if (agree->private_value) {
        EC_POINT *point = EC_POINT_new(group);
        CHECK(point != NULL);
        CHECK(EC_POINT_mul(group, point, agree->private_value, NULL, NULL, NULL) == 1);
        agree->public_len =
            EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, agree->public_value,
                               sizeof(agree->public_value), NULL);
        CHECK(agree->public_len == 1 + 2 * field_len(group));
        EC_POINT_free(point);
    }
    EC_GROUP_free(group);
    return agree->private_value != NULL;
}

/* Replaces the point by its product with the private value and writes the product's x. */
static void multiply(const EC_GROUP *group, EC_POINT *point, const BIGNUM *value, struct span out)
{
    BIGNUM *x = BN_new();
    CHECK(x != NULL);
    CHECK(EC_POINT_mul(group, point, NULL, point, value, NULL) == 1);
    CHECK(EC_POINT_get_affine_coordinates(group, point, x, NULL, NULL) == 1);
    CHECK(BN_bn2binpad(x, out.data, (int)out.len) == (int)out.len);
    BN_clear_free(x);
}

static enum err derive(const struct agree *agree, struct bytes peer_public, struct buf *secret)
{
    /* Compressed points and infinity have another length or first octet. */
    if (peer_public.len != agree->public_len || peer_public.data[0] != UNCOMPRESSED)
        return ERR_BAD_KEX;
    struct span room;
    TRY(buf_reserve(secret, agree->public_len / 2, &room));

    EC_GROUP *group = EC_GROUP_new_by_curve_name(agree->row->curve);
    CHECK(group != NULL);
    EC_POINT *point = EC_POINT_new(group);
    CHECK(point != NULL);
    bool is_on_curve =
        EC_POINT_oct2point(group, point, peer_public.data, peer_public.len, NULL) == 1;
    if (is_on_curve) {
        multiply(group, point, agree->private_value, room);
        buf_commit(secret, room.len);
    }
    EC_POINT_clear_free(point);
    EC_GROUP_free(group);
    ERR_clear_error();
    return is_on_curve ? OK : ERR_BAD_KEX;
}

const struct agree_method agree_curve_method = { make, derive };
