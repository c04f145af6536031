/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/check.h"
#include "crypto/crypto_internal.h"
#include "crypto/pkey_internal.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <string.h>

struct question {
    const struct bytes *passphrase; /* or NULL */
    bool was_asked;
};

static int answer(char *out, int size, int is_writing, void *context)
{
    struct question *question = context;
    const struct bytes *passphrase = question->passphrase;
    (void)is_writing;
    question->was_asked = true;
    if (!passphrase || passphrase->len > (size_t)size)
        return -1;
    if (passphrase->len)
        memcpy(out, passphrase->data, passphrase->len);
    return (int)passphrase->len;
}

static bool find_kind(const EVP_PKEY *evp, enum pkey_kind *kind)
{
    static const struct {
        const char *name;
        enum pkey_kind kind;
    } curves[] = { { "prime256v1", PKEY_P256 },
                   { "secp384r1", PKEY_P384 },
                   { "secp521r1", PKEY_P521 } };

    if (EVP_PKEY_is_a(evp, "ED25519") || EVP_PKEY_is_a(evp, "RSA")) {
        *kind = EVP_PKEY_is_a(evp, "RSA") ? PKEY_RSA : PKEY_ED25519;
        return true;
    }
    char name[32] = "";
    if (!EVP_PKEY_is_a(evp, "EC") || EVP_PKEY_get_group_name(evp, name, sizeof(name), NULL) != 1)
        return false;
    for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
        if (strcmp(name, curves[i].name) == 0) {
            *kind = curves[i].kind;
            return true;
        }
    }
    return false;
}

static bool is_sound(enum pkey_kind kind, EVP_PKEY *evp)
{
    if (kind == PKEY_RSA)
        return pkey_rsa_is_acceptable(evp) && pkey_rsa_is_pair(evp);
    return kind == PKEY_ED25519 || pkey_ecdsa_is_pair(evp);
}

/* The ciphers of encrypted PKCS#1 and SEC1 files are looked up in libcrypto's table of names, which
 * crypto_start leaves empty. */
static void name_ciphers(void)
{
    CHECK(EVP_add_cipher(EVP_aes_128_cbc()) == 1 && EVP_add_cipher(EVP_aes_192_cbc()) == 1 &&
          EVP_add_cipher(EVP_aes_256_cbc()) == 1 && EVP_add_cipher(EVP_des_ede3_cbc()) == 1);
}

static EVP_PKEY *read_pem(struct bytes pem, struct question *question)
{
    BIO *file = BIO_new_mem_buf(pem.data, crypto_int(pem.len));
    CHECK(file != NULL);
    EVP_PKEY *evp = PEM_read_bio_PrivateKey_ex(file, NULL, answer, question, NULL, NULL);
    BIO_free(file);
    ERR_clear_error();
    return evp;
}

enum err pkey_from_pem(struct bytes pem, const struct bytes *passphrase, struct pkey **key)
{
    name_ciphers();
    struct question question = { .passphrase = passphrase };
    EVP_PKEY *evp = read_pem(pem, &question);
    if (!evp && question.was_asked)
        return passphrase ? ERR_WRONG_PASSPHRASE : ERR_NEEDS_PASSPHRASE;
    if (!evp)
        return ERR_BAD_VALUE;

    enum pkey_kind kind = PKEY_RSA;
    enum err err = !find_kind(evp, &kind) ? ERR_UNSUPPORTED
                   : !is_sound(kind, evp) ? ERR_BAD_VALUE
                                          : OK;
    if (err != OK) {
        EVP_PKEY_free(evp);
        return err;
    }
    *key = pkey_wrap(kind, evp);
    return OK;
}
