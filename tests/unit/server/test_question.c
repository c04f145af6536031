/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/keyd/question.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

static const struct record honest = {
    RECORD_EXCHANGE,
    { DIGEST_SHA512, 1 },
    { B("ssh-ed25519"), B("key"), B("SSH-2.0-x"), B("I_C"), B("I_S"), B("Q_C"), B("Q_S"),
      B("\0\0\0\1K") },
};

static void each_part_is_found_in_its_place(void **state)
{
    (void)state;
    struct question q;
    assert_int_equal(question_decode(&honest, &q), OK);
    assert_true(bytes_is(q.algorithm, "ssh-ed25519") && bytes_is(q.key, "key"));
    assert_true(bytes_is(q.parts.client_ident, "SSH-2.0-x"));
    assert_true(bytes_is(q.parts.client_kexinit, "I_C") && bytes_is(q.parts.server_kexinit, "I_S"));
    assert_true(bytes_is(q.parts.client_share, "Q_C") && bytes_is(q.parts.server_share, "Q_S"));
    assert_int_equal(q.parts.secret.len, 5);
    assert_int_equal(q.parts.digest, DIGEST_SHA512);
    assert_true(q.parts.shares_are_mpints);
    assert_int_equal(q.parts.server_ident.len + q.parts.host_key.len, 0);
}

static void no_part_may_be_longer_than_honest_ones_are(void **state)
{
    (void)state;
    static const uint8_t octets[40000];
    struct question q;
    for (size_t i = 0; i < QUESTION_TEXT_COUNT; i++) {
        struct record record = honest;
        record.texts[i] = bytes_of(octets, sizeof(octets));
        assert_int_equal(question_decode(&record, &q), ERR_TOO_LONG);
    }
}

static void digests_that_no_exchange_uses_are_refused(void **state)
{
    (void)state;
    struct question q;
    for (uint32_t digest = 0; digest < 10; digest++) {
        struct record record = honest;
        record.numbers[0] = digest;
        bool is_used =
            digest == DIGEST_SHA256 || digest == DIGEST_SHA384 || digest == DIGEST_SHA512;
        assert_int_equal(question_decode(&record, &q), is_used ? OK : ERR_BAD_VALUE);
    }
    struct record record = honest;
    record.numbers[1] = 2;
    assert_int_equal(question_decode(&record, &q), ERR_BAD_VALUE);
}

static void the_secret_is_one_string(void **state)
{
    (void)state;
    static const struct bytes wrong[] = { B(""), B("\0\0\0"), B("\0\0\0\2K"), B("\0\0\0\1KK") };
    struct question q;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct record record = honest;
        record.texts[QUESTION_SECRET] = wrong[i];
        assert_int_equal(question_decode(&record, &q), ERR_BAD_VALUE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part_is_found_in_its_place),
        cmocka_unit_test(no_part_may_be_longer_than_honest_ones_are),
        cmocka_unit_test(digests_that_no_exchange_uses_are_refused),
        cmocka_unit_test(the_secret_is_one_string),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
