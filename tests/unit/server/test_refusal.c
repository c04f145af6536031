/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/pam/refusal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int64_t told_at_us(int64_t spent_us, int64_t asked_us)
{
    int64_t left_us = refusal_left_us(spent_us, asked_us);
    assert_true(left_us >= 0);
    return spent_us + left_us;
}

static void how_long_it_took_makes_no_difference(void **state)
{
    (void)state;
    static const int64_t asked_us[] = { 0, 1, 1700000, 2000000, 2300001 };
    for (size_t i = 0; i < sizeof(asked_us) / sizeof(asked_us[0]); i++) {
        int64_t usual = told_at_us(0, asked_us[i]);
        assert_int_equal(told_at_us(1, asked_us[i]), usual);
        assert_int_equal(told_at_us(30000, asked_us[i]), usual);
        assert_int_equal(told_at_us(REFUSAL_GRID_US, asked_us[i]), usual);
    }
}

static void modules_get_the_pause_that_they_ask_for(void **state)
{
    (void)state;
    for (int64_t asked_us = 0; asked_us < 10 * REFUSAL_GRID_US; asked_us += 12345) {
        int64_t told_us = told_at_us(777, asked_us);
        assert_true(told_us >= asked_us && told_us <= asked_us + REFUSAL_GRID_US);
        assert_int_equal(told_us % REFUSAL_GRID_US, 0);
    }
}

static void who_takes_longer_is_told_at_the_next_multiple(void **state)
{
    (void)state;
    assert_int_equal(told_at_us(REFUSAL_GRID_US + 1, 0), 2 * REFUSAL_GRID_US);
    assert_int_equal(told_at_us(9 * REFUSAL_GRID_US + 5, REFUSAL_GRID_US), 10 * REFUSAL_GRID_US);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(how_long_it_took_makes_no_difference),
        cmocka_unit_test(modules_get_the_pause_that_they_ask_for),
        cmocka_unit_test(who_takes_longer_is_told_at_the_next_multiple),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
