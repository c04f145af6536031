/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/cbc.h"

#include "base/check.h"
#include "crypto/crypto_internal.h"

static const char *name_of(enum cbc_kind kind, size_t key_len)
{
    if (kind == CBC_3DES)
        return "DES-EDE3-CBC";
    return key_len == 16 ? "AES-128-CBC" : key_len == 24 ? "AES-192-CBC" : "AES-256-CBC";
}

void cbc_decrypt(enum cbc_kind kind, struct bytes key, struct bytes iv, struct span data)
{
    /* Not fetched by crypto_start: hardly any process reads such a file. */
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name_of(kind, key.len), NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int len = 0;
    CHECK(cipher != NULL && context != NULL);
    CHECK((size_t)EVP_CIPHER_get_key_length(cipher) == key.len);
    CHECK((size_t)EVP_CIPHER_get_iv_length(cipher) == iv.len && data.len % iv.len == 0);
    CHECK(EVP_DecryptInit_ex2(context, cipher, key.data, iv.data, NULL) == 1);
    CHECK(EVP_CIPHER_CTX_set_padding(context, 0) == 1);
    CHECK(EVP_DecryptUpdate(context, data.data, &len, data.data, crypto_int(data.len)) == 1);
    CHECK((size_t)len == data.len);
    EVP_CIPHER_CTX_free(context);
    EVP_CIPHER_free(cipher);
}
