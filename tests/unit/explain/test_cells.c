/* SPDX-License-Identifier: BSD-2-Clause */
#include "explain/cells.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void what_may_be_wide_counts_twice(void **state)
{
    (void)state;
    assert_int_equal(cells_of(""), 0);
    assert_int_equal(cells_of("abc"), 3);
    assert_int_equal(cells_of("\xc3\xa9t\xc3\xa9"), 3);
    assert_int_equal(cells_of("\xe6\xbc\xa2\xf0\x9f\x98\x80"), 4);
}

static void what_does_not_fit_ends_with_a_mark(void **state)
{
    (void)state;
    char same[] = "four", cut[] = "fours", wide[] = "a\xe6\xbc\xa2\xe6\xbc\xa2";
    cells_fit(same, 4);
    cells_fit(cut, 4);
    cells_fit(wide, 4);
    assert_string_equal(same, "four");
    assert_string_equal(cut, "fou~");
    assert_string_equal(wide, "a\xe6\xbc\xa2~");
}

static void lines_break_behind_blanks_commas_and_slashes(void **state)
{
    (void)state;
    assert_int_equal(cells_wrap("all of it", 20), 9);
    assert_int_equal(cells_wrap("two words", 6), 4);
    assert_int_equal(cells_wrap("one 1, two 2", 11), 7);
    assert_int_equal(cells_wrap("aa,bb,cc", 7), 6);
    assert_int_equal(cells_wrap("/home/user/file", 13), 11);
    assert_int_equal(cells_wrap("a unbreakable", 10), 10);
}

/* Whoever wraps until nothing is left comes to an end, and no character is torn apart. */
static void wrapping_goes_forward_by_whole_characters(void **state)
{
    (void)state;
    const char *text = "\xe6\xbc\xa2\xe6\xbc\xa2 x,\xc3\xa9/yy zzzzzzzzzzzzzz";
    for (size_t max = 2; max < 20; max++) {
        for (const char *at = text; *at;) {
            size_t len = cells_wrap(at, max);
            assert_true(len > 0);
            at += len;
            assert_true((*at & 0xc0) != 0x80);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_may_be_wide_counts_twice),
        cmocka_unit_test(what_does_not_fit_ends_with_a_mark),
        cmocka_unit_test(lines_break_behind_blanks_commas_and_slashes),
        cmocka_unit_test(wrapping_goes_forward_by_whole_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
