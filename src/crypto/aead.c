/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/aead.h"

#include "base/check.h"
#include "crypto/crypto_internal.h"

#include <stdlib.h>
#include <string.h>

struct aead {
    EVP_CIPHER_CTX *cipher;
    bool seals;
};

struct aead *aead_new(struct bytes key, bool seals)
{
    CHECK(key.len == 16 || key.len == 32);
    const EVP_CIPHER *type = crypto_cipher(key.len == 16 ? CRYPTO_AES128_GCM : CRYPTO_AES256_GCM);

    struct aead *aead = malloc(sizeof(*aead));
    CHECK(aead != NULL);
    *aead = (struct aead){ .cipher = EVP_CIPHER_CTX_new(), .seals = seals };
    CHECK(aead->cipher != NULL);
    CHECK(EVP_CipherInit_ex(aead->cipher, type, NULL, key.data, NULL, seals) == 1);
    CHECK(EVP_CIPHER_CTX_get_iv_length(aead->cipher) == AEAD_NONCE_LEN);
    return aead;
}

void aead_free(struct aead *aead)
{
    if (!aead)
        return;
    EVP_CIPHER_CTX_free(aead->cipher);
    free(aead);
}

/* Everything but the tag. */
static void transform(struct aead *aead, const uint8_t *nonce, struct bytes associated,
                      struct span data)
{
    int len = 0;
    CHECK(EVP_CipherInit_ex(aead->cipher, NULL, NULL, NULL, nonce, -1) == 1);
    if (associated.len)
        CHECK(EVP_CipherUpdate(aead->cipher, NULL, &len, associated.data,
                               crypto_int(associated.len)) == 1);
    if (data.len) {
        CHECK(EVP_CipherUpdate(aead->cipher, data.data, &len, data.data, crypto_int(data.len)) ==
              1);
        CHECK((size_t)len == data.len);
    }
}

void aead_seal(struct aead *aead, const uint8_t nonce[AEAD_NONCE_LEN], struct bytes associated,
               struct span data, uint8_t tag[AEAD_TAG_LEN])
{
    CHECK(aead->seals);
    transform(aead, nonce, associated, data);

    uint8_t nothing[AEAD_TAG_LEN];
    int len = 0;
    CHECK(EVP_EncryptFinal_ex(aead->cipher, nothing, &len) == 1 && len == 0);
    CHECK(EVP_CIPHER_CTX_ctrl(aead->cipher, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG_LEN, tag) == 1);
}

enum err aead_open(struct aead *aead, const uint8_t nonce[AEAD_NONCE_LEN], struct bytes associated,
                   struct span data, const uint8_t tag[AEAD_TAG_LEN])
{
    CHECK(!aead->seals);
    transform(aead, nonce, associated, data);

    uint8_t expected[AEAD_TAG_LEN], nothing[AEAD_TAG_LEN];
    memcpy(expected, tag, AEAD_TAG_LEN);
    int len = 0;
    CHECK(EVP_CIPHER_CTX_ctrl(aead->cipher, EVP_CTRL_AEAD_SET_TAG, AEAD_TAG_LEN, expected) == 1);
    return EVP_DecryptFinal_ex(aead->cipher, nothing, &len) == 1 ? OK : ERR_BAD_MAC;
}
