/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/digest.h"

#include "base/check.h"
#include "crypto/crypto_internal.h"

static const uint8_t lens[] = {
    [DIGEST_MD5] = 16,    [DIGEST_SHA1] = 20,   [DIGEST_SHA256] = 32,
    [DIGEST_SHA384] = 48, [DIGEST_SHA512] = 64,
};

size_t digest_len(enum digest_algorithm algorithm)
{
    CHECK(algorithm < sizeof(lens));
    return lens[algorithm];
}

void digest_parts(enum digest_algorithm algorithm, const struct bytes *parts, size_t count,
                  uint8_t *out)
{
    EVP_MD_CTX *sum = EVP_MD_CTX_new();
    CHECK(sum != NULL);
    CHECK(EVP_DigestInit_ex(sum, crypto_digest(algorithm), NULL) == 1);
    for (size_t i = 0; i < count; i++)
        CHECK(EVP_DigestUpdate(sum, parts[i].data, parts[i].len) == 1);
    CHECK(EVP_DigestFinal_ex(sum, out, NULL) == 1);
    EVP_MD_CTX_free(sum);
}

void digest_once(enum digest_algorithm algorithm, struct bytes in, uint8_t *out)
{
    digest_parts(algorithm, &in, 1, out);
}
