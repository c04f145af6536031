/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/agree.h"

#include "base/check.h"
#include "crypto/agree_internal.h"
#include "crypto/random_internal.h"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

#include <stdlib.h>

/* Fresh private values of the MODP groups are short: RFC 3526 section 8, the larger of its estimates.
 * It makes the exchange several times cheaper. */
static const struct agree_row rows[] = {
    [AGREE_X25519] = { .method = &agree_x25519_method },
    [AGREE_P256] = { .method = &agree_curve_method, .curve = NID_X9_62_prime256v1 },
    [AGREE_P384] = { .method = &agree_curve_method, .curve = NID_secp384r1 },
    [AGREE_P521] = { .method = &agree_curve_method, .curve = NID_secp521r1 },
    [AGREE_MODP14] = { .method = &agree_modp_method,
                       .prime = BN_get_rfc3526_prime_2048,
                       .private_bits = 320 },
    [AGREE_MODP16] = { .method = &agree_modp_method,
                       .prime = BN_get_rfc3526_prime_4096,
                       .private_bits = 480 },
    [AGREE_MODP18] = { .method = &agree_modp_method,
                       .prime = BN_get_rfc3526_prime_8192,
                       .private_bits = 620 },
};

static struct agree *make(enum agree_algorithm algorithm, const struct bytes *private_value)
{
    CHECK(algorithm < sizeof(rows) / sizeof(rows[0]));
    struct agree *agree = malloc(sizeof(*agree));
    CHECK(agree != NULL);
    *agree = (struct agree){ .row = &rows[algorithm] };
    if (agree->row->method->make(agree, private_value))
        return agree;
    agree_free(agree);
    return NULL;
}

struct agree *agree_new(enum agree_algorithm algorithm)
{
    random_notice_fork();
    struct agree *agree = make(algorithm, NULL);
    CHECK(agree != NULL);
    return agree;
}

void agree_free(struct agree *agree)
{
    if (!agree)
        return;
    EVP_PKEY_free(agree->pair);
    BN_clear_free(agree->private_value);
    free(agree);
}

struct agree *agree_with_private(enum agree_algorithm algorithm, struct bytes private_value)
{
    return make(algorithm, &private_value);
}

struct bytes agree_public(const struct agree *agree)
{
    return bytes_of(agree->public_value, agree->public_len);
}

enum err agree_derive(struct agree *agree, struct bytes peer_public, struct buf *secret)
{
    return agree->row->method->derive(agree, peer_public, secret);
}
