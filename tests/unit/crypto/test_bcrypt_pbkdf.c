/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/bcrypt_pbkdf.h"

#include "crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "unit/vectors.h"

static void the_published_keys_are_derived(void **state)
{
    (void)state;
    json_t *tests = vectors_load("bcrypt_pbkdf/bcrypt_pbkdf.json");
    json_t *test;
    size_t i;
    json_array_foreach(tests, i, test)
    {
        scoped(buf) passphrase = vectors_hex(test, "password");
        scoped(buf) salt = vectors_hex(test, "salt");
        scoped(buf) expected = vectors_hex(test, "out");
        uint8_t out[1024];
        struct span key = { out, vectors_number(test, "len") };
        assert_int_equal(bcrypt_pbkdf_derive(buf_bytes(&passphrase), buf_bytes(&salt),
                                             vectors_number(test, "rounds"), key),
                         OK);
        vectors_expect(bytes_equal(bytes_span(key), buf_bytes(&expected)), test);
    }
    json_decref(tests);
}

static void hostile_parameters_are_refused(void **state)
{
    (void)state;
    uint8_t octets[1025];
    struct bytes word = BYTES_LITERAL("word");
    struct span key = { octets, 32 };
    assert_int_equal(bcrypt_pbkdf_derive(BYTES_NONE, word, 1, key), ERR_BAD_VALUE);
    assert_int_equal(bcrypt_pbkdf_derive(word, BYTES_NONE, 1, key), ERR_BAD_VALUE);
    assert_int_equal(bcrypt_pbkdf_derive(word, word, 0, key), ERR_BAD_VALUE);
    assert_int_equal(bcrypt_pbkdf_derive(word, word, 1025, key), ERR_BAD_VALUE);
    assert_int_equal(bcrypt_pbkdf_derive(word, word, 1, (struct span){ octets, 0 }), ERR_BAD_VALUE);
    assert_int_equal(bcrypt_pbkdf_derive(word, word, 1, (struct span){ octets, 1025 }),
                     ERR_BAD_VALUE);
}

static void the_longest_key_fits(void **state)
{
    (void)state;
    uint8_t octets[1025] = { [1024] = 77 };
    struct bytes word = BYTES_LITERAL("word");
    assert_int_equal(bcrypt_pbkdf_derive(word, word, 1, (struct span){ octets, 1024 }), OK);
    assert_int_equal(octets[1024], 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_keys_are_derived),
        cmocka_unit_test(hostile_parameters_are_refused),
        cmocka_unit_test(the_longest_key_fits),
    };
    crypto_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
