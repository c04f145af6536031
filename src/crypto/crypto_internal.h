/* SPDX-License-Identifier: BSD-2-Clause */
/* The algorithms that crypto_start fetched, for this folder. They live as long as the process. */
#pragma once

#include "crypto/digest.h"

#include <openssl/evp.h>

enum crypto_cipher {
    CRYPTO_AES128_GCM,
    CRYPTO_AES256_GCM,
    CRYPTO_AES128_CTR,
    CRYPTO_AES192_CTR,
    CRYPTO_AES256_CTR,
    CRYPTO_CHACHA20,
    CRYPTO_CIPHER_COUNT
};

const EVP_MD *crypto_digest(enum digest_algorithm algorithm);
const EVP_CIPHER *crypto_cipher(enum crypto_cipher cipher);
EVP_MAC *crypto_poly1305(void);

/* A length as the int that libcrypto's older functions take. */
int crypto_int(size_t len);
