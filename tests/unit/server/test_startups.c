/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/listener/startups.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const struct option_startups usual = { .begin = 10, .rate = 30, .full = 100 };

/* How many of a hundred dice turn the newcomer away. */
static int share(const struct option_startups *limits, int count)
{
    int refused = 0;
    for (uint32_t dice = 0; dice < 100; dice++)
        refused += startups_refuses(limits, count, dice);
    return refused;
}

static void below_the_beginning_everybody_is_let_in(void **state)
{
    (void)state;
    assert_int_equal(share(&usual, 0), 0);
    assert_int_equal(share(&usual, 9), 0);
}

static void from_the_beginning_the_share_grows_from_the_rate_to_all(void **state)
{
    (void)state;
    assert_int_equal(share(&usual, 10), 30);
    assert_int_equal(share(&usual, 55), 65);
    assert_in_range(share(&usual, 99), 90, 99);
    for (int count = 10; count < 100; count++)
        assert_true(share(&usual, count) <= share(&usual, count + 1));
}

static void at_the_limit_nobody_is_let_in(void **state)
{
    (void)state;
    assert_int_equal(share(&usual, 100), 100);
    assert_int_equal(share(&usual, 1000), 100);
}

static void a_single_number_is_a_sharp_limit(void **state)
{
    (void)state;
    static const struct option_startups sharp = { .begin = 5, .rate = 100, .full = 5 };
    assert_int_equal(share(&sharp, 4), 0);
    assert_int_equal(share(&sharp, 5), 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(below_the_beginning_everybody_is_let_in),
        cmocka_unit_test(from_the_beginning_the_share_grows_from_the_rate_to_all),
        cmocka_unit_test(at_the_limit_nobody_is_let_in),
        cmocka_unit_test(a_single_number_is_a_sharp_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
