/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/cipher.h"

#include "base/check.h"
#include "crypto/crypto_internal.h"

#include <stdlib.h>

struct cipher {
    EVP_CIPHER_CTX *stream;
};

static const EVP_CIPHER *counter_mode(size_t key_len)
{
    if (key_len == 16)
        return crypto_cipher(CRYPTO_AES128_CTR);
    if (key_len == 24)
        return crypto_cipher(CRYPTO_AES192_CTR);
    CHECK(key_len == 32);
    return crypto_cipher(CRYPTO_AES256_CTR);
}

struct cipher *cipher_new(struct bytes key, struct bytes counter)
{
    CHECK(counter.len == 16);
    struct cipher *cipher = malloc(sizeof(*cipher));
    CHECK(cipher != NULL);
    cipher->stream = EVP_CIPHER_CTX_new();
    CHECK(cipher->stream != NULL);
    CHECK(EVP_EncryptInit_ex(cipher->stream, counter_mode(key.len), NULL, key.data, counter.data) ==
          1);
    return cipher;
}

void cipher_free(struct cipher *cipher)
{
    if (!cipher)
        return;
    EVP_CIPHER_CTX_free(cipher->stream);
    free(cipher);
}

void cipher_apply(struct cipher *cipher, struct span data)
{
    int len = 0;
    CHECK(EVP_EncryptUpdate(cipher->stream, data.data, &len, data.data, crypto_int(data.len)) == 1);
    CHECK((size_t)len == data.len);
}
