/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void it_never_goes_back(void **state)
{
    (void)state;
    struct instant before = clock_now();
    for (int i = 0; i < 1000; i++) {
        struct instant now = clock_now();
        assert_true(now.us >= before.us);
        before = now;
    }
}

static void it_has_one_time_in_both_units(void **state)
{
    (void)state;
    int64_t before = clock_now().us / 1000, now = clock_now_ms();
    assert_true(before <= now && now <= clock_now().us / 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_never_goes_back),
        cmocka_unit_test(it_has_one_time_in_both_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
