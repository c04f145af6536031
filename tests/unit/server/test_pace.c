/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void some_come_at_once_and_the_next_in_their_time(void **state)
{
    (void)state;
    struct pace pace = { 0 };
    const int64_t now_ms = 1000 * 1000;
    for (int i = 0; i < PACE_AT_ONCE; i++)
        assert_int_equal(pace_take(&pace, now_ms), 0);
    for (int i = 1; i < 10; i++)
        assert_int_equal(pace_take(&pace, now_ms), i * PACE_EACH_MS);
}

static void who_asks_seldom_never_waits(void **state)
{
    (void)state;
    struct pace pace = { 0 };
    for (int i = 0; i < 10 * PACE_AT_ONCE; i++)
        assert_int_equal(pace_take(&pace, (int64_t)i * PACE_EACH_MS), 0);
}

static void silence_saves_up_no_more_than_the_beginning_had(void **state)
{
    (void)state;
    struct pace pace = { 0 };
    for (int i = 0; i < PACE_AT_ONCE; i++)
        assert_int_equal(pace_take(&pace, 0), 0);
    const int64_t later_ms = 1000LL * PACE_EACH_MS * PACE_AT_ONCE;
    for (int i = 0; i < PACE_AT_ONCE; i++)
        assert_int_equal(pace_take(&pace, later_ms), 0);
    assert_int_equal(pace_take(&pace, later_ms), PACE_EACH_MS);
}

static void answers_stand_on_a_grid(void **state)
{
    (void)state;
    static const int64_t spent_us[] = { 0, 1, 4711, PACE_GRID_US - 1, PACE_GRID_US, 123456789 };
    for (size_t i = 0; i < sizeof(spent_us) / sizeof(spent_us[0]); i++) {
        int64_t left_us = pace_grid(spent_us[i]);
        assert_true(left_us > 0 && left_us <= PACE_GRID_US);
        assert_int_equal((spent_us[i] + left_us) % PACE_GRID_US, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(some_come_at_once_and_the_next_in_their_time),
        cmocka_unit_test(who_asks_seldom_never_waits),
        cmocka_unit_test(answers_stand_on_a_grid),
        cmocka_unit_test(silence_saves_up_no_more_than_the_beginning_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
