/* SPDX-License-Identifier: BSD-2-Clause */
#include "trust/authorized_keys.h"

#include "crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "unit/keys/key_vectors.h"

#define MINE  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK9ks7jkua5YWIwByRnnnc6UPJQWI75O0e/UJdPYU1JI"
#define OTHER "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIBp6PVW0z2o9C4Ukv/JOgmK7QMFe1pD1s3ADFF7IQob"

static const struct key_options_circumstances here = {
    .address = B("192.0.2.7"), .now = 1773489600, /* 2026-03-14 */
};

static struct authorized_keys_answer find(struct bytes text, struct key_options *options)
{
    scoped(buf) blob = BUF_EMPTY(LIMIT_KEY_BLOB);
    struct bytes type, comment;
    assert_int_equal(public_key_parse_line(B(MINE), &type, &blob, &comment), OK);
    return authorized_keys_find(text, buf_bytes(&blob), &here, options);
}

/* The line that lets the key in (0: none), and the first that has it but refuses. */
static void expect(const char *text, size_t line, size_t refused_line)
{
    struct key_options options;
    struct authorized_keys_answer answer = find(bytes_text(text), &options);
    assert_int_equal(answer.line, line);
    assert_int_equal(answer.refused_line, refused_line);
    assert_int_equal(answer.refusal != NULL, refused_line != 0);
    assert_int_equal(options.permissions != 0, line != 0);
    key_options_wipe(&options);
}

static void a_key_is_found_by_equality(void **state)
{
    (void)state;
    expect(MINE, 1, 0);
    expect("# mine\r\n\r\n  " MINE " me@home\r\n", 3, 0);
    expect(OTHER "\n" MINE "\n" MINE "\n", 2, 0);
    expect(OTHER "\n", 0, 0);
    expect("", 0, 0);
    expect("#" MINE, 0, 0);
}

static void options_stand_in_front(void **state)
{
    (void)state;
    struct key_options options;
    struct authorized_keys_answer answer =
        find(B("restrict,command=\"do \\\"it\\\" now\" " MINE " comment\n"), &options);
    assert_int_equal(answer.line, 1);
    assert_int_equal(options.permissions, KEY_OPTIONS_UNVERIFIED);
    assert_true(bytes_is(buf_bytes(&options.command.text), "do \"it\" now"));
    key_options_wipe(&options);
    answer = find(B(MINE), &options);
    assert_int_equal(options.permissions, KEY_OPTIONS_USUAL);
    assert_false(options.command.is_given);
    key_options_wipe(&options);
}

static void a_line_with_an_unknown_option_does_not_count(void **state)
{
    (void)state;
    expect("unheard-of " MINE, 0, 1);
    expect("pty,unheard-of=\"x\" " MINE, 0, 1);
    expect("restrict, pty " MINE, 0, 0);
    expect("unheard-of " OTHER "\n" MINE, 2, 0);
    expect("command=\"open " MINE, 0, 0);
}

static void a_line_that_refuses_does_not_end_the_search(void **state)
{
    (void)state;
    expect("from=\"10.0.0.0/8\" " MINE "\nno-pty " MINE "\n", 2, 0);
    expect("\nfrom=\"10.0.0.0/8\" " MINE "\nexpiry-time=\"20250101Z\" " MINE "\n", 0, 2);
    expect("expiry-time=\"20250101Z\" " MINE "\n", 0, 1);
    expect("expiry-time=\"20270101Z\" " MINE "\n", 1, 0);
    expect("from=\"192.0.2.0/24,!192.0.2.7\" " MINE "\n", 0, 1);
}

static void nothing_of_a_refusing_line_stays(void **state)
{
    (void)state;
    struct key_options options;
    struct authorized_keys_answer answer =
        find(B("command=\"x\",restrict,from=\"10.*\" " MINE "\n" MINE "\n"), &options);
    assert_int_equal(answer.line, 2);
    assert_false(options.command.is_given);
    assert_false(options.from.is_given);
    assert_int_equal(options.permissions, KEY_OPTIONS_USUAL);
    key_options_wipe(&options);
}

static void an_authority_lets_no_plain_key_in(void **state)
{
    (void)state;
    expect("cert-authority " MINE, 0, 1);
    expect("cert-authority,principals=\"root\" " MINE "\n" MINE, 2, 0);
}

static void damaged_keys_do_not_count(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIK9ks7jkua5YWIwByRnnnc6UPJQWI75O0e/UJdPYU1JI",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK9ks7jkua5YWIwByRnnnc6UPJQWI75O0e/UJdPYU1J",
        ("pty pty " MINE),
        "AAAAC3NzaC1lZDI1NTE5AAAAIK9ks7jkua5YWIwByRnnnc6UPJQWI75O0e/UJdPYU1JI",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        expect(lines[i], 0, 0);
}

/* Every cut of a line with options: none but the whole key may let it in. */
static void no_prefix_of_a_line_lets_the_key_in(void **state)
{
    (void)state;
    const struct bytes line = B("restrict,command=\"a \\\"b\\\"\",from=\"192.0.2.0/24\" " MINE);
    for (size_t len = 0; len <= line.len; len++) {
        uint8_t *copy = malloc(len ? len : 1);
        assert_non_null(copy);
        memcpy(copy, line.data, len);
        struct key_options options;
        struct authorized_keys_answer answer = find(bytes_of(copy, len), &options);
        assert_int_equal(answer.line, len == line.len);
        key_options_wipe(&options);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_found_by_equality),
        cmocka_unit_test(options_stand_in_front),
        cmocka_unit_test(a_line_with_an_unknown_option_does_not_count),
        cmocka_unit_test(a_line_that_refuses_does_not_end_the_search),
        cmocka_unit_test(nothing_of_a_refusing_line_stays),
        cmocka_unit_test(an_authority_lets_no_plain_key_in),
        cmocka_unit_test(damaged_keys_do_not_count),
        cmocka_unit_test(no_prefix_of_a_line_lets_the_key_in),
    };
    crypto_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
