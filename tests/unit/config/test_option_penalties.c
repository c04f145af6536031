/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/option_penalties.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const char USUAL[] =
    "p crash:90 authfail:5 noauth:1 invaliduser:5 grace-exceeded:10 "
    "refuseconnection:10 max:600 min:15 max-sources4:65536 max-sources6:65536 "
    "overflow:permissive overflow6:permissive\n";

static const char *printed(const struct option_penalties *penalties, struct buf *out)
{
    buf_clear(out);
    assert_int_equal(option_penalties_print("p", penalties, out), OK);
    return buf_text(out);
}

static bool take(struct option_penalties *penalties, const char *word)
{
    return option_penalties_take(penalties, bytes_text(word));
}

static void nothing_given_is_the_usual(void **state)
{
    (void)state;
    scoped(buf) out = BUF_EMPTY(1000);
    struct option_penalties penalties = { 0 };
    option_penalties_fill(&penalties);
    assert_string_equal(printed(&penalties, &out), USUAL);
}

static void a_part_given_first_counts(void **state)
{
    (void)state;
    struct option_penalties penalties = { 0 };
    assert_true(take(&penalties, "crash:1m30s"));
    assert_true(take(&penalties, "crash:5"));
    assert_true(take(&penalties, "min:0.25"));
    assert_true(take(&penalties, "max:1.5s"));
    assert_true(take(&penalties, "max-sources6:7"));
    assert_true(take(&penalties, "overflow6:permissive"));
    assert_true(take(&penalties, "overflow:deny-all"));
    option_penalties_fill(&penalties);
    assert_int_equal(penalties.crash, 90000);
    assert_int_equal(penalties.min, 250);
    assert_int_equal(penalties.max, 1500);
    assert_int_equal(penalties.max_sources4, 65536);
    assert_int_equal(penalties.max_sources6, 7);
    assert_true(penalties.overflow_denies);
    assert_false(penalties.overflow6_denies);
}

static void the_overflow_of_ipv4_is_for_ipv6_too(void **state)
{
    (void)state;
    struct option_penalties penalties = { 0 };
    assert_true(take(&penalties, "overflow:deny-all"));
    option_penalties_fill(&penalties);
    assert_true(penalties.overflow6_denies);
}

static void they_can_be_switched_off(void **state)
{
    (void)state;
    scoped(buf) out = BUF_EMPTY(1000);
    struct option_penalties penalties = { 0 };
    assert_true(take(&penalties, "no"));
    assert_true(take(&penalties, "yes")); /* the first counts */
    option_penalties_fill(&penalties);
    assert_true(penalties.is_off);
    assert_string_equal(printed(&penalties, &out), "p no\n");
}

static void others_are_refused_and_change_nothing(void **state)
{
    static const char *const bad[] = { "",
                                       "crash",
                                       "crash:",
                                       "crash:x",
                                       "crash:-1",
                                       "crash:1.",
                                       "crash:1.2345",
                                       "crash:.5",
                                       "crash:1.5m",
                                       "max-sources4:0",
                                       "max-sources4:1s",
                                       "overflow:yes",
                                       "Crash:5",
                                       "other:5",
                                       "none" };
    (void)state;
    scoped(buf) out = BUF_EMPTY(1000);
    struct option_penalties penalties = { 0 };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (take(&penalties, bad[i]))
            fail_msg("%s", bad[i]);
    option_penalties_fill(&penalties);
    assert_string_equal(printed(&penalties, &out), USUAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_given_is_the_usual),
        cmocka_unit_test(a_part_given_first_counts),
        cmocka_unit_test(the_overflow_of_ipv4_is_for_ipv6_too),
        cmocka_unit_test(they_can_be_switched_off),
        cmocka_unit_test(others_are_refused_and_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
