/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/agree.h"

#include "base/writer.h"
#include "crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "unit/vectors.h"

static bool is_as_expected(enum agree_algorithm algorithm, const json_t *test)
{
    scoped(buf) private_value = vectors_hex(test, "private");
    scoped(buf) peer = vectors_hex(test, "public");
    scoped(buf) expected = vectors_hex(test, "shared");
    scoped(buf) secret = BUF_EMPTY(AGREE_SECRET_MAX);

    struct agree *agree = agree_with_private(algorithm, buf_bytes(&private_value));
    assert_non_null(agree);
    enum err err = agree_derive(agree, buf_bytes(&peer), &secret);
    agree_free(agree);
    if (!vectors_is_valid(test))
        return err == ERR_BAD_KEX && buf_len(&secret) == 0;
    return err == OK && bytes_equal(buf_bytes(&secret), buf_bytes(&expected));
}

static void check_file(enum agree_algorithm algorithm, const char *name)
{
    json_t *tests = vectors_load(name);
    json_t *test;
    size_t i;
    json_array_foreach(tests, i, test) vectors_expect(is_as_expected(algorithm, test), test);
    json_decref(tests);
}

static void x25519_gives_the_published_secrets_and_refuses_low_order(void **state)
{
    (void)state;
    check_file(AGREE_X25519, "agree/x25519.json");
}

static void ecdh_gives_the_published_secrets_and_refuses_bad_points(void **state)
{
    (void)state;
    check_file(AGREE_P256, "agree/p256.json");
    check_file(AGREE_P384, "agree/p384.json");
    check_file(AGREE_P521, "agree/p521.json");
}

static void recorded_exchanges_with_openssh_are_reproduced(void **state)
{
    (void)state;
    json_t *tests = vectors_load("agree/openssh.json");
    json_t *test;
    size_t i;
    json_array_foreach(tests, i, test)
    {
        bool is_x25519 = strcmp(vectors_text(test, "kex"), "curve25519-sha256") == 0;
        scoped(buf) private_value = vectors_hex(test, "private");
        scoped(buf) public_value = vectors_hex(test, "public");
        scoped(buf) peer = vectors_hex(test, "peer");
        scoped(buf) expected = vectors_hex(test, "mpint");
        scoped(buf) secret = BUF_EMPTY(AGREE_SECRET_MAX);
        scoped(buf) encoded = BUF_EMPTY(2 * AGREE_SECRET_MAX);

        struct agree *agree =
            agree_with_private(is_x25519 ? AGREE_X25519 : AGREE_P256, buf_bytes(&private_value));
        assert_true(bytes_equal(agree_public(agree), buf_bytes(&public_value)));
        assert_int_equal(agree_derive(agree, buf_bytes(&peer), &secret), OK);
        agree_free(agree);

        struct writer w = writer_to(&encoded);
        writer_mpint(&w, buf_bytes(&secret));
        assert_int_equal(writer_end(&w), OK);
        assert_true(bytes_equal(bytes_skip(buf_bytes(&encoded), 4), buf_bytes(&expected)));
    }
    json_decref(tests);
}

static const struct {
    enum agree_algorithm algorithm;
    size_t public_len;
    size_t secret_len;
} sizes[] = {
    { AGREE_X25519, 32, 32 },     { AGREE_P256, 65, 32 },     { AGREE_P384, 97, 48 },
    { AGREE_P521, 133, 66 },      { AGREE_MODP14, 256, 256 }, { AGREE_MODP16, 512, 512 },
    { AGREE_MODP18, 1024, 1024 },
};

static void both_sides_get_the_same_secret(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct agree *a = agree_new(sizes[i].algorithm), *b = agree_new(sizes[i].algorithm);
        scoped(buf) of_a = BUF_EMPTY(AGREE_SECRET_MAX), of_b = BUF_EMPTY(AGREE_SECRET_MAX);

        assert_false(bytes_equal(agree_public(a), agree_public(b)));
        assert_in_range(agree_public(a).len, sizes[i].public_len - 4, sizes[i].public_len);
        assert_int_equal(agree_derive(a, agree_public(b), &of_a), OK);
        assert_int_equal(agree_derive(b, agree_public(a), &of_b), OK);
        assert_true(bytes_equal(buf_bytes(&of_a), buf_bytes(&of_b)));
        assert_in_range(buf_len(&of_a), sizes[i].secret_len - 4, sizes[i].secret_len);
        agree_free(a);
        agree_free(b);
    }
}

static void a_public_value_of_another_length_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i <= AGREE_P521; i++) {
        struct agree *agree = agree_new(sizes[i].algorithm);
        scoped(buf) secret = BUF_EMPTY(AGREE_SECRET_MAX);
        uint8_t longer[256] = { 0 };
        struct bytes own = agree_public(agree);
        memcpy(longer, own.data, own.len);
        for (size_t len = 0; len < sizeof(longer); len++) {
            enum err expected = len == own.len ? OK : ERR_BAD_KEX;
            if (len % 8 < 2 || len + 1 >= own.len)
                assert_int_equal(agree_derive(agree, bytes_of(longer, len), &secret), expected);
            buf_clear(&secret);
        }
        agree_free(agree);
    }
}

static void check_modp_range(enum agree_algorithm algorithm, struct bytes prime)
{
    static const uint8_t zero[] = { 0 }, one[] = { 1 }, two[] = { 0, 0, 2 };
    uint8_t near[AGREE_PUBLIC_MAX + 1];
    struct agree *agree = agree_new(algorithm);
    scoped(buf) secret = BUF_EMPTY(AGREE_SECRET_MAX);

    assert_int_equal(agree_derive(agree, BYTES_NONE, &secret), ERR_BAD_KEX);
    assert_int_equal(agree_derive(agree, bytes_of(zero, 1), &secret), ERR_BAD_KEX);
    assert_int_equal(agree_derive(agree, bytes_of(one, 1), &secret), ERR_BAD_KEX);
    assert_int_equal(agree_derive(agree, prime, &secret), ERR_BAD_KEX);

    memcpy(near, prime.data, prime.len);
    near[prime.len - 1] -= 1; /* p - 1: the primes end with ff */
    assert_int_equal(agree_derive(agree, bytes_of(near, prime.len), &secret), ERR_BAD_KEX);
    memset(near, 0xff, sizeof(near)); /* above p, then too long as well */
    assert_int_equal(agree_derive(agree, bytes_of(near, prime.len), &secret), ERR_BAD_KEX);
    assert_int_equal(agree_derive(agree, bytes_of(near, prime.len + 1), &secret), ERR_BAD_KEX);
    assert_int_equal(buf_len(&secret), 0);

    /* The smallest and the largest that are allowed; 2 gives our own public value. */
    assert_int_equal(agree_derive(agree, bytes_of(two, 3), &secret), OK);
    assert_true(bytes_equal(buf_bytes(&secret), agree_public(agree)));
    buf_clear(&secret);
    memcpy(near, prime.data, prime.len);
    near[prime.len - 1] -= 2;
    assert_int_equal(agree_derive(agree, bytes_of(near, prime.len), &secret), OK);
    agree_free(agree);
}

static void modp_values_out_of_range_are_refused(void **state)
{
    (void)state;
    static const enum agree_algorithm groups[] = { AGREE_MODP14, AGREE_MODP16, AGREE_MODP18 };
    json_t *primes = vectors_load("agree/modp_primes.json");
    json_t *row;
    size_t i;
    json_array_foreach(primes, i, row)
    {
        scoped(buf) prime = vectors_hex(row, "prime");
        check_modp_range(groups[i], buf_bytes(&prime));
    }
    json_decref(primes);
}

static void private_values_out_of_range_are_refused(void **state)
{
    (void)state;
    uint8_t octets[33];
    memset(octets, 0xff, sizeof(octets));
    assert_null(agree_with_private(AGREE_X25519, bytes_of(octets, 31)));
    assert_null(agree_with_private(AGREE_X25519, bytes_of(octets, 33)));
    assert_null(agree_with_private(AGREE_P256, bytes_of(octets, 32)));
    assert_null(agree_with_private(AGREE_P256, BYTES_NONE));
    assert_null(agree_with_private(AGREE_MODP14, BYTES_NONE));
}

static void a_full_buffer_takes_no_secret(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct agree *agree = agree_new(sizes[i].algorithm);
        scoped(buf) secret = BUF_EMPTY(16);
        assert_int_equal(agree_derive(agree, agree_public(agree), &secret), ERR_NO_SPACE);
        assert_int_equal(buf_len(&secret), 0);
        agree_free(agree);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(x25519_gives_the_published_secrets_and_refuses_low_order),
        cmocka_unit_test(ecdh_gives_the_published_secrets_and_refuses_bad_points),
        cmocka_unit_test(recorded_exchanges_with_openssh_are_reproduced),
        cmocka_unit_test(both_sides_get_the_same_secret),
        cmocka_unit_test(a_public_value_of_another_length_is_refused),
        cmocka_unit_test(modp_values_out_of_range_are_refused),
        cmocka_unit_test(private_values_out_of_range_are_refused),
        cmocka_unit_test(a_full_buffer_takes_no_secret),
    };
    crypto_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
