/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/mac.h"

#include "base/check.h"
#include "crypto/crypto_internal.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_LEN_MAX = 128 };

/* HMAC by hand: copying a digest that has absorbed its pad is cheaper than any way to restart
 * libcrypto's HMAC. */
struct mac {
    EVP_MD_CTX *inner; /* has absorbed the key and the inner pad */
    EVP_MD_CTX *outer; /* the same with the outer pad */
    EVP_MD_CTX *work;
    size_t len;
};

static EVP_MD_CTX *absorb(const EVP_MD *digest, const uint8_t *key, size_t len, uint8_t pad)
{
    uint8_t block[BLOCK_LEN_MAX];
    for (size_t i = 0; i < len; i++)
        block[i] = key[i] ^ pad;
    EVP_MD_CTX *sum = EVP_MD_CTX_new();
    CHECK(sum != NULL);
    CHECK(EVP_DigestInit_ex(sum, digest, NULL) == 1);
    CHECK(EVP_DigestUpdate(sum, block, len) == 1);
    bytes_wipe(block, sizeof(block));
    return sum;
}

struct mac *mac_new(enum digest_algorithm algorithm, struct bytes key)
{
    const EVP_MD *digest = crypto_digest(algorithm);
    size_t block_len = (size_t)EVP_MD_get_block_size(digest);
    CHECK(block_len <= BLOCK_LEN_MAX);

    uint8_t padded[BLOCK_LEN_MAX] = { 0 };
    if (key.len > block_len)
        digest_once(algorithm, key, padded);
    else if (key.len)
        memcpy(padded, key.data, key.len);

    struct mac *mac = malloc(sizeof(*mac));
    CHECK(mac != NULL);
    *mac = (struct mac){
        .inner = absorb(digest, padded, block_len, 0x36),
        .outer = absorb(digest, padded, block_len, 0x5c),
        .work = EVP_MD_CTX_new(),
        .len = digest_len(algorithm),
    };
    CHECK(mac->work != NULL);
    bytes_wipe(padded, sizeof(padded));
    return mac;
}

void mac_free(struct mac *mac)
{
    if (!mac)
        return;
    EVP_MD_CTX_free(mac->inner);
    EVP_MD_CTX_free(mac->outer);
    EVP_MD_CTX_free(mac->work);
    free(mac);
}

void mac_sum(struct mac *mac, const struct bytes *parts, size_t count, uint8_t *out)
{
    CHECK(EVP_MD_CTX_copy_ex(mac->work, mac->inner) == 1);
    for (size_t i = 0; i < count; i++)
        CHECK(EVP_DigestUpdate(mac->work, parts[i].data, parts[i].len) == 1);
    CHECK(EVP_DigestFinal_ex(mac->work, out, NULL) == 1);

    CHECK(EVP_MD_CTX_copy_ex(mac->work, mac->outer) == 1);
    CHECK(EVP_DigestUpdate(mac->work, out, mac->len) == 1);
    CHECK(EVP_DigestFinal_ex(mac->work, out, NULL) == 1);
}
