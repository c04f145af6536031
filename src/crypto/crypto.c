/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/crypto.h"

#include "base/check.h"
#include "crypto/crypto_internal.h"
#include "crypto/random_internal.h"

#include <openssl/crypto.h>

#include <limits.h>

static const char *const digest_names[] = {
    [DIGEST_MD5] = "MD5",       [DIGEST_SHA1] = "SHA1",     [DIGEST_SHA256] = "SHA256",
    [DIGEST_SHA384] = "SHA384", [DIGEST_SHA512] = "SHA512",
};

static const char *const cipher_names[] = {
    [CRYPTO_AES128_GCM] = "AES-128-GCM", [CRYPTO_AES256_GCM] = "AES-256-GCM",
    [CRYPTO_AES128_CTR] = "AES-128-CTR", [CRYPTO_AES192_CTR] = "AES-192-CTR",
    [CRYPTO_AES256_CTR] = "AES-256-CTR", [CRYPTO_CHACHA20] = "ChaCha20",
};

static EVP_MD *digests[sizeof(digest_names) / sizeof(digest_names[0])];
static EVP_CIPHER *ciphers[CRYPTO_CIPHER_COUNT];
static EVP_MAC *poly1305;

/* Only the first digest and the first cipher are expensive: they load a whole table. So all are fetched
 * now, and nothing is left to do later, in a sandbox. */
void crypto_start(void)
{
    if (poly1305)
        return;
    /* The configuration file could load an administrator's code into every process. The tables of
     * names and of error texts would double the time of this function. */
    uint64_t options = OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT |
                       OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
                       OPENSSL_INIT_NO_ADD_ALL_DIGESTS;
    CHECK(OPENSSL_init_crypto(options, NULL) == 1);

    for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]); i++) {
        digests[i] = EVP_MD_fetch(NULL, digest_names[i], NULL);
        CHECK(digests[i] != NULL);
    }
    for (size_t i = 0; i < CRYPTO_CIPHER_COUNT; i++) {
        ciphers[i] = EVP_CIPHER_fetch(NULL, cipher_names[i], NULL);
        CHECK(ciphers[i] != NULL);
    }
    poly1305 = EVP_MAC_fetch(NULL, "POLY1305", NULL);
    CHECK(poly1305 != NULL);
    random_start();
}

const EVP_MD *crypto_digest(enum digest_algorithm algorithm)
{
    CHECK(algorithm < sizeof(digests) / sizeof(digests[0]) && digests[algorithm] != NULL);
    return digests[algorithm];
}

const EVP_CIPHER *crypto_cipher(enum crypto_cipher cipher)
{
    CHECK(cipher < CRYPTO_CIPHER_COUNT && ciphers[cipher] != NULL);
    return ciphers[cipher];
}

EVP_MAC *crypto_poly1305(void)
{
    CHECK(poly1305 != NULL);
    return poly1305;
}

int crypto_int(size_t len)
{
    CHECK(len <= INT_MAX);
    return (int)len;
}

const char *crypto_version(void)
{
    return OpenSSL_version(OPENSSL_VERSION);
}
