/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/keyd/host_keys.h"

#include "base/limits.h"
#include "base/reader.h"
#include "crypto/crypto.h"
#include "keys/private/private_key.h"
#include "keys/public_key.h"
#include "os/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static struct private_key *make(enum pkey_kind kind)
{
    struct private_key *key = NULL;
    assert_int_equal(private_key_generate(kind, 2048, &key), OK);
    return key;
}

static void the_best_key_comes_first_however_they_are_added(void **state)
{
    (void)state;
    struct host_keys keys;
    host_keys_init(&keys);
    assert_int_equal(host_keys_add(&keys, make(PKEY_RSA)), OK);
    assert_int_equal(host_keys_add(&keys, make(PKEY_P256)), OK);
    assert_int_equal(host_keys_add(&keys, make(PKEY_ED25519)), OK);

    static const char *const types[] = { "ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa" };
    struct reader r = reader_over(buf_bytes(&keys.blobs), NULL);
    for (size_t i = 0; i < 3; i++)
        assert_true(bytes_is(public_key_blob_type(reader_string(&r, "key")), types[i]));
    assert_int_equal(reader_end(&r), OK);
    host_keys_wipe(&keys);
}

static void there_is_one_key_of_each_type(void **state)
{
    (void)state;
    struct host_keys keys;
    struct private_key *second = make(PKEY_ED25519);
    host_keys_init(&keys);
    assert_int_equal(host_keys_add(&keys, make(PKEY_ED25519)), OK);
    assert_int_equal(host_keys_add(&keys, second), ERR_BAD_VALUE);
    assert_int_equal(keys.count, 1);
    private_key_free(second);
    host_keys_wipe(&keys);
}

static void the_key_that_is_named_signs(void **state)
{
    (void)state;
    struct host_keys keys;
    struct private_key *key = make(PKEY_ED25519);
    host_keys_init(&keys);
    assert_int_equal(host_keys_add(&keys, make(PKEY_P256)), OK);
    assert_int_equal(host_keys_add(&keys, key), OK);

    const struct bytes algorithm = BYTES_LITERAL("ssh-ed25519"), hash = BYTES_LITERAL("hash");
    struct public_key *public_half = NULL;
    scoped(buf) signature = BUF_EMPTY(1024);
    assert_int_equal(public_key_decode(private_key_public_blob(key), &public_half), OK);
    assert_int_equal(
        host_keys_sign(&keys, algorithm, private_key_public_blob(key), hash, &signature), OK);
    assert_int_equal(public_key_verify(public_half, algorithm, hash, buf_bytes(&signature)), OK);
    public_key_free(public_half);

    assert_int_equal(host_keys_sign(&keys, algorithm, BYTES_LITERAL("x"), hash, &signature),
                     ERR_UNSUPPORTED);
    host_keys_wipe(&keys);
}

static void a_key_is_taken_from_a_files_content(void **state)
{
    (void)state;
    struct private_key *key = make(PKEY_ED25519);
    scoped(buf) text = BUF_EMPTY(4096);
    assert_int_equal(private_key_format(key, "test", &text), OK);
    private_key_free(key);

    struct host_keys keys;
    host_keys_init(&keys);
    assert_int_equal(host_keys_take(&keys, buf_bytes(&text)), OK);
    assert_int_equal(host_keys_take(&keys, buf_bytes(&text)), ERR_BAD_VALUE); /* once more */
    assert_true(host_keys_take(&keys, BYTES_LITERAL("no key")) != OK);
    assert_int_equal(keys.count, 1);
    host_keys_wipe(&keys);
}

static void a_short_rsa_key_is_not_loaded(void **state)
{
    (void)state;
    scoped(buf) text = BUF_EMPTY(LIMIT_KEY_FILE);
    assert_int_equal(file_read(TEST_DATA "/keys/sshkey/rsa_1", &text, NULL), OK);

    struct host_keys keys;
    host_keys_init(&keys);
    assert_int_equal(host_keys_take(&keys, buf_bytes(&text)), ERR_SHORT_KEY);
    assert_int_equal(keys.count, 0);
    host_keys_wipe(&keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_key_comes_first_however_they_are_added),
        cmocka_unit_test(there_is_one_key_of_each_type),
        cmocka_unit_test(the_key_that_is_named_signs),
        cmocka_unit_test(a_key_is_taken_from_a_files_content),
        cmocka_unit_test(a_short_rsa_key_is_not_loaded),
    };
    crypto_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
