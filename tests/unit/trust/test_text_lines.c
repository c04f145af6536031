/* SPDX-License-Identifier: BSD-2-Clause */
#include "trust/text_lines.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

static void only_lines_that_say_something_are_given(void **state)
{
    (void)state;
    struct text_lines lines = text_lines_of(B("\n  # comment\n first \r\n\t\r\nse\0cond\nthird"));
    struct bytes line;
    assert_true(text_lines_next(&lines, &line));
    assert_true(bytes_is(line, "first"));
    assert_int_equal(lines.number, 3);
    assert_true(text_lines_next(&lines, &line));
    assert_true(bytes_is(line, "third"));
    assert_int_equal(lines.number, 6);
    assert_false(text_lines_next(&lines, &line));
    assert_false(text_lines_next(&lines, &line));
}

static void a_line_over_the_limit_is_passed_over_whole(void **state)
{
    (void)state;
    static char text[2 * LIMIT_LINE + 16];
    memset(text, 'x', sizeof(text));
    text[LIMIT_LINE] = '\n';                      /* line 1 just fits */
    text[LIMIT_LINE + 1 + LIMIT_LINE + 1] = '\n'; /* line 2 is longer by one */
    struct text_lines lines = text_lines_of(bytes_of(text, sizeof(text)));
    struct bytes line;
    assert_true(text_lines_next(&lines, &line));
    assert_int_equal(line.len, LIMIT_LINE);
    assert_true(text_lines_next(&lines, &line));
    assert_int_equal(lines.number, 3);
    assert_int_equal(line.len, 13);
}

static void words_are_separated_by_blanks(void **state)
{
    (void)state;
    struct bytes line = B("one \t two\tthree");
    assert_true(bytes_is(text_lines_word(&line), "one"));
    assert_true(bytes_is(text_lines_word(&line), "two"));
    assert_true(bytes_is(text_lines_word(&line), "three"));
    assert_int_equal(text_lines_word(&line).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_lines_that_say_something_are_given),
        cmocka_unit_test(a_line_over_the_limit_is_passed_over_whole),
        cmocka_unit_test(words_are_separated_by_blanks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
