/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void a_problem_names_file_and_line(void **state)
{
    scoped(buf) problems;
    place_init(&problems);
    const struct place place = { "file", 3, &problems };
    (void)state;
    assert_int_equal(place_report(&place, "bad %s", "thing"), ERR_BAD_VALUE);
    assert_int_equal(place_report_keyword(&place, BYTES_LITERAL("FoO\n"), ""), ERR_BAD_VALUE);
    assert_int_equal(place_report_unsafe(&place, "/a\n"), ERR_BAD_VALUE);
    assert_int_equal(place_report_total(&place, 2), ERR_BAD_VALUE);
    assert_string_equal(buf_text(&problems), "file line 3: bad thing\n"
                                             "file: line 3: Bad configuration option: foo\\x0a\n"
                                             "Bad owner or permissions on /a\\x0a\n"
                                             "file: terminating, 2 bad configuration options\n");
}

static void words_of_the_file_are_escaped_and_cut(void **state)
{
    char longest[1000];
    (void)state;
    memset(longest, 'a', sizeof(longest));
    struct place_quote quote = place_quote(bytes_of(longest, sizeof(longest)));
    assert_in_range(strlen(quote.text), PLACE_QUOTE_MAX / 2, PLACE_QUOTE_MAX - 1);
    assert_string_equal(place_quote(BYTES_LITERAL("a\x1b[2J")).text, "a\\x1b[2J");
}

static void the_total_has_room_after_many_problems(void **state)
{
    scoped(buf) problems;
    place_init(&problems);
    const struct place place = { "file", 3, &problems };
    (void)state;
    for (int i = 0; i < PLACE_KEPT; i++)
        assert_int_equal(place_report(&place, "bad"), ERR_BAD_VALUE);
    assert_in_range(buf_len(&problems), PLACE_KEPT, PLACE_KEPT + 100);
    assert_int_equal(place_report_total(&place, PLACE_KEPT), ERR_BAD_VALUE);
    assert_true(
        bytes_ends(buf_bytes(&problems), ": terminating, 65536 bad configuration options\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_problem_names_file_and_line),
        cmocka_unit_test(words_of_the_file_are_escaped_and_cut),
        cmocka_unit_test(the_total_has_room_after_many_problems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
