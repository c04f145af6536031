/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/time_wait.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void they_end_in_their_order(void **unused)
{
    (void)unused;
    struct time_wait t;
    const struct instant start = { 777 };
    assert_true(time_wait_init(&t, 2, start));
    assert_int_equal(time_wait_deadline(&t).us, INSTANT_NEVER.us);
    uint32_t a = time_wait_take(&t, start);
    uint32_t b = time_wait_take(&t, instant_after(start, 1000));
    assert_int_equal(time_wait_take(&t, start), UINT32_MAX);
    assert_int_equal(time_wait_first(&t), a);
    assert_in_range(time_wait_deadline(&t).us - start.us, TIME_WAIT_MS * 1000,
                    (TIME_WAIT_MS + TIME_WAIT_TICK_MS) * 1000);
    time_wait_restart(&t, a, instant_after(start, 2000));
    assert_int_equal(time_wait_first(&t), b);
    time_wait_give(&t, b);
    assert_int_equal(time_wait_first(&t), a);
    assert_int_equal(t.count, 1);
    assert_int_equal(time_wait_take(&t, start), b);
    time_wait_wipe(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_end_in_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
