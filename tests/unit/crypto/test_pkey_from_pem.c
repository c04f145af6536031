/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/pkey.h"

#include "base/limits.h"
#include "crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct bytes right = BYTES_LITERAL("glass"), wrong = BYTES_LITERAL("glas");

static struct buf contents(const char *name)
{
    struct buf out = BUF_EMPTY(LIMIT_KEY_FILE);
    struct span room;
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/pem/%s", TEST_DATA, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(buf_reserve(&out, LIMIT_KEY_FILE, &room), OK);
    buf_commit(&out, fread(room.data, 1, room.len, file));
    (void)fclose(file);
    return out;
}

static enum err load(const char *name, const struct bytes *passphrase, struct pkey **key)
{
    scoped(buf) text = contents(name);
    return pkey_from_pem(buf_bytes(&text), passphrase, key);
}

static void check_key(const struct pkey *key, enum pkey_kind kind)
{
    const struct bytes message = BYTES_LITERAL("message");
    scoped(buf) signature = BUF_EMPTY(1024), value = BUF_EMPTY(1024);
    assert_int_equal(pkey_kind(key), kind);
    assert_int_equal(pkey_sign(key, DIGEST_SHA256, message, &signature), OK);
    assert_int_equal(pkey_verify(key, DIGEST_SHA256, message, buf_bytes(&signature)), OK);
    if (kind == PKEY_P256) {
        assert_int_equal(pkey_public_value(key, &value), OK);
        assert_int_equal(buf_len(&value), 65);
        assert_int_equal(value.data[0], 4);
    }
}

static void plain_files_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum pkey_kind kind;
    } files[] = {
        { "ed25519_pkcs8.pem", PKEY_ED25519 },      { "ecdsa_p256_sec1.pem", PKEY_P256 },
        { "ecdsa_p256_compressed.pem", PKEY_P256 }, { "ecdsa_p384_sec1.pem", PKEY_P384 },
        { "ecdsa_p384_pkcs8.pem", PKEY_P384 },      { "ecdsa_p521_sec1.pem", PKEY_P521 },
        { "rsa_2048_pkcs1.pem", PKEY_RSA },         { "rsa_2048_pkcs8.pem", PKEY_RSA },
    };
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        struct pkey *key = NULL;
        assert_int_equal(load(files[i].name, NULL, &key), OK);
        check_key(key, files[i].kind);
        pkey_free(key);
    }
}

static void encrypted_files_need_their_passphrase(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum pkey_kind kind;
    } files[] = {
        { "ed25519_pkcs8_encrypted.pem", PKEY_ED25519 },
        { "ecdsa_p256_sec1_encrypted.pem", PKEY_P256 },
        { "rsa_2048_pkcs1_encrypted.pem", PKEY_RSA },
        { "rsa_2048_pkcs1_3des.pem", PKEY_RSA },
        { "rsa_2048_pkcs8_pbe.pem", PKEY_RSA },
        { "ecdsa_p384_pkcs8_3des.pem", PKEY_P384 },
        { "ecdsa_p521_sec1_aes192.pem", PKEY_P521 },
    };
    uint8_t octets[LIMIT_PASSPHRASE + 1] = { 1 };
    const struct bytes empty = BYTES_NONE, too_long = bytes_of(octets, sizeof(octets));
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        struct pkey *key = NULL;
        assert_int_equal(load(files[i].name, NULL, &key), ERR_NEEDS_PASSPHRASE);
        assert_int_equal(load(files[i].name, &wrong, &key), ERR_WRONG_PASSPHRASE);
        assert_int_equal(load(files[i].name, &empty, &key), ERR_WRONG_PASSPHRASE);
        assert_int_equal(load(files[i].name, &too_long, &key), ERR_WRONG_PASSPHRASE);
        assert_int_equal(load(files[i].name, &right, &key), OK);
        check_key(key, files[i].kind);
        pkey_free(key);
    }
}

static void other_kinds_of_keys_are_unsupported(void **state)
{
    (void)state;
    struct pkey *key = NULL;
    assert_int_equal(load("other_ed448.pem", NULL, &key), ERR_UNSUPPORTED);
    assert_int_equal(load("other_secp256k1.pem", NULL, &key), ERR_UNSUPPORTED);
    assert_int_equal(load("rsa_512.pem", NULL, &key), ERR_BAD_VALUE);
    assert_int_equal(load("public_half.pem", NULL, &key), ERR_BAD_VALUE);
    assert_null(key);
}

static void a_damaged_file_is_refused(void **state)
{
    (void)state;
    scoped(buf) text = contents("ecdsa_p256_sec1.pem");
    struct bytes whole = buf_bytes(&text);
    struct pkey *key = NULL;
    for (size_t len = 0; len + 2 < whole.len; len++)
        assert_int_equal(pkey_from_pem(bytes_slice(whole, 0, len), NULL, &key), ERR_BAD_VALUE);
    assert_int_equal(pkey_from_pem(BYTES_LITERAL("no key at all\n"), &right, &key), ERR_BAD_VALUE);

    /* One letter inside the private value: it no longer fits the public one. */
    text.data[40] = text.data[40] == 'A' ? 'B' : 'A';
    assert_int_equal(pkey_from_pem(whole, NULL, &key), ERR_BAD_VALUE);
    assert_null(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_files_are_read),
        cmocka_unit_test(encrypted_files_need_their_passphrase),
        cmocka_unit_test(other_kinds_of_keys_are_unsupported),
        cmocka_unit_test(a_damaged_file_is_refused),
    };
    crypto_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
