/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static bool same(struct bytes a, const char *text)
{
    return bytes_is(a, text);
}

static void slices_are_cut_to_what_is_there(void **state)
{
    (void)state;
    struct bytes word = BYTES_LITERAL("word");
    assert_true(same(bytes_slice(word, 0, 4), "word"));
    assert_true(same(bytes_slice(word, 1, 2), "or"));
    assert_true(same(bytes_slice(word, 2, SIZE_MAX), "rd"));
    assert_true(same(bytes_slice(word, 4, 1), ""));
    assert_true(same(bytes_slice(word, SIZE_MAX, SIZE_MAX), ""));
    assert_true(same(bytes_skip(word, 3), "d"));
    assert_true(same(bytes_skip(word, 5), ""));
    assert_true(same(bytes_skip(BYTES_NONE, 0), ""));

    uint8_t octets[4] = "span";
    struct span span = { octets, 4 };
    assert_true(same(bytes_span(bytes_span_skip(span, 1)), "pan"));
    assert_int_equal(bytes_span_skip(span, 4).len, 0);
    assert_int_equal(bytes_span_skip(span, SIZE_MAX).len, 0);
}

static void comparison_takes_all_octets_into_account(void **state)
{
    (void)state;
    assert_true(bytes_equal(bytes_of("a\0b", 3), bytes_of("a\0b", 3)));
    assert_false(bytes_equal(bytes_of("a\0b", 3), bytes_of("a\0c", 3)));
    assert_false(bytes_equal(bytes_of("ab", 2), bytes_of("abc", 3)));
    assert_true(bytes_equal(BYTES_NONE, bytes_text(NULL)));
    assert_true(bytes_equal(BYTES_NONE, BYTES_LITERAL("")));
    assert_false(bytes_is(bytes_of("a\0", 2), "a"));
}

static void beginnings_and_ends_are_recognised(void **state)
{
    (void)state;
    struct bytes name = BYTES_LITERAL("ssh-ed25519");
    assert_true(bytes_starts(name, "ssh-"));
    assert_true(bytes_starts(name, ""));
    assert_true(bytes_starts(BYTES_NONE, ""));
    assert_false(bytes_starts(name, "ssh-ed25519-"));
    assert_false(bytes_starts(BYTES_NONE, "s"));
    assert_true(bytes_ends(name, "25519"));
    assert_true(bytes_ends(name, ""));
    assert_true(bytes_ends(name, "ssh-ed25519"));
    assert_false(bytes_ends(name, "xssh-ed25519"));
    assert_false(bytes_ends(BYTES_NONE, "9"));
}

static void lists_are_cut_at_their_separators(void **state)
{
    (void)state;
    struct bytes list = BYTES_LITERAL("one,,two,");
    assert_int_equal(bytes_find(list, ','), 3);
    assert_int_equal(bytes_find(list, '!'), list.len);
    assert_int_equal(bytes_find(BYTES_NONE, ','), 0);
    assert_true(same(bytes_cut(&list, ','), "one"));
    assert_true(same(bytes_cut(&list, ','), ""));
    assert_true(same(bytes_cut(&list, ','), "two"));
    assert_int_equal(list.len, 0);
    assert_true(same(bytes_cut(&list, ','), ""));

    list = BYTES_LITERAL("aes128-ctr,aes256-ctr");
    assert_true(bytes_list_has(list, BYTES_LITERAL("aes128-ctr")));
    assert_true(bytes_list_has(list, BYTES_LITERAL("aes256-ctr")));
    assert_false(bytes_list_has(list, BYTES_LITERAL("aes256")));
    assert_false(bytes_list_has(list, BYTES_LITERAL("256-ctr")));
    assert_false(bytes_list_has(list, list));
    assert_false(bytes_list_has(list, BYTES_NONE));
    assert_false(bytes_list_has(BYTES_NONE, BYTES_LITERAL("aes128-ctr")));
}

static void blanks_go_from_both_ends_only(void **state)
{
    (void)state;
    assert_true(same(bytes_trim(BYTES_LITERAL(" \t a b\t ")), "a b"));
    assert_true(same(bytes_trim(BYTES_LITERAL("a\n")), "a\n"));
    assert_true(same(bytes_trim(BYTES_LITERAL(" \t ")), ""));
    assert_true(same(bytes_trim(BYTES_NONE), ""));
}

static void only_what_fits_becomes_a_text(void **state)
{
    (void)state;
    char text[5] = "....";
    assert_true(bytes_to_text(BYTES_LITERAL("four"), text, sizeof(text)));
    assert_string_equal(text, "four");
    assert_false(bytes_to_text(BYTES_LITERAL("fifth"), text, sizeof(text)));
    assert_string_equal(text, "");
    assert_true(bytes_to_text(BYTES_LITERAL("four"), text, sizeof(text)));
    assert_false(bytes_to_text(bytes_of("a\0b", 3), text, sizeof(text)));
    assert_string_equal(text, "");
    assert_true(bytes_to_text(BYTES_NONE, text, sizeof(text)));
    assert_string_equal(text, "");
    assert_false(bytes_to_text(BYTES_NONE, text, 0));
}

static bool is_number(const char *text, uint64_t max, uint64_t expected)
{
    uint64_t number = 0;
    return bytes_to_number(bytes_text(text), max, &number) && number == expected;
}

static void numbers_have_digits_and_a_limit(void **state)
{
    (void)state;
    static const char *const bad[] = { "",      "-1",  "+1",     " 1",
                                       "1 ",    "0x1", "1a",     "/",
                                       "65536", "1.0", "655350", "99999999999999999999999" };
    uint64_t number = 0;
    assert_true(is_number("0", 0, 0));
    assert_true(is_number("22", 65535, 22));
    assert_true(is_number("00022", 65535, 22));
    assert_true(is_number("65535", 65535, 65535));
    assert_true(is_number("9", 9, 9));
    assert_true(is_number("18446744073709551615", UINT64_MAX, UINT64_MAX));
    assert_false(bytes_to_number(BYTES_LITERAL("18446744073709551616"), UINT64_MAX, &number));
    assert_false(bytes_to_number(BYTES_LITERAL("9"), 8, &number));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(bytes_to_number(bytes_text(bad[i]), 65535, &number));
}

static void wiped_octets_are_zeros(void **state)
{
    (void)state;
    char secret[8] = "secret";
    bytes_wipe(secret, 3);
    assert_memory_equal(secret, "\0\0\0ret", 6);
    bytes_wipe(NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_are_cut_to_what_is_there),
        cmocka_unit_test(comparison_takes_all_octets_into_account),
        cmocka_unit_test(beginnings_and_ends_are_recognised),
        cmocka_unit_test(lists_are_cut_at_their_separators),
        cmocka_unit_test(blanks_go_from_both_ends_only),
        cmocka_unit_test(only_what_fits_becomes_a_text),
        cmocka_unit_test(numbers_have_digits_and_a_limit),
        cmocka_unit_test(wiped_octets_are_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
