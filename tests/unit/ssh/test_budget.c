/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct instant start = { 1000000 };

static void before_the_login_a_limit_is_for_ever(void **state)
{
    (void)state;
    struct budget b;
    budget_init(&b);
    for (int i = 0; i < 32; i++)
        assert_int_equal(budget_spend(&b, BUDGET_IDLE, 1, instant_after(start, i * 60000)), OK);
    struct instant late = instant_after(start, 3600000);
    assert_int_equal(budget_spend(&b, BUDGET_IDLE, 1, late), ERR_OVER_BUDGET);
}

static void counters_do_not_share(void **state)
{
    (void)state;
    struct budget b;
    budget_init(&b);
    assert_int_equal(budget_spend(&b, BUDGET_UNIMPLEMENTED, 8, start), OK);
    assert_int_equal(budget_spend(&b, BUDGET_UNIMPLEMENTED, 1, start), ERR_OVER_BUDGET);
    assert_int_equal(budget_spend(&b, BUDGET_IDLE, 32, start), OK);
}

static void a_refused_amount_is_not_counted(void **state)
{
    (void)state;
    struct budget b;
    budget_init(&b);
    assert_int_equal(budget_spend(&b, BUDGET_OCTETS, (1 << 20) - 1, start), OK);
    assert_int_equal(budget_spend(&b, BUDGET_OCTETS, UINT64_MAX, start), ERR_OVER_BUDGET);
    assert_int_equal(budget_spend(&b, BUDGET_OCTETS, 1, start), OK);
    assert_int_equal(budget_spend(&b, BUDGET_OCTETS, 1, start), ERR_OVER_BUDGET);
}

static void after_the_login_a_window_opens_anew(void **state)
{
    (void)state;
    struct budget b;
    budget_init(&b);
    assert_int_equal(budget_spend(&b, BUDGET_IDLE, 32, start), OK);
    budget_login(&b);
    assert_int_equal(budget_spend(&b, BUDGET_IDLE, 1024, start), OK);
    struct instant within = instant_after(start, 9999), behind = instant_after(start, 10000);
    assert_int_equal(budget_spend(&b, BUDGET_IDLE, 1, within), ERR_OVER_BUDGET);
    assert_int_equal(budget_spend(&b, BUDGET_IDLE, 1000, behind), OK);
    assert_int_equal(budget_spend(&b, BUDGET_IDLE, 25, instant_after(behind, 9999)),
                     ERR_OVER_BUDGET);
}

static void after_the_login_packets_are_free(void **state)
{
    (void)state;
    struct budget b;
    budget_init(&b);
    assert_int_equal(budget_spend(&b, BUDGET_PACKETS, 512, start), OK);
    assert_int_equal(budget_spend(&b, BUDGET_PACKETS, 1, start), ERR_OVER_BUDGET);
    budget_login(&b);
    assert_int_equal(budget_spend(&b, BUDGET_PACKETS, UINT64_MAX, start), OK);
    assert_int_equal(budget_spend(&b, BUDGET_PACKETS, UINT64_MAX, start), OK);
}

static void a_counter_is_renewed_alone(void **state)
{
    (void)state;
    struct budget b;
    budget_init(&b);
    budget_login(&b);
    assert_int_equal(budget_spend(&b, BUDGET_UNIMPLEMENTED, 64, start), OK);
    assert_int_equal(budget_spend(&b, BUDGET_AUTH_REQUESTS, 32, start), OK);
    budget_renew(&b, BUDGET_UNIMPLEMENTED);
    assert_int_equal(budget_spend(&b, BUDGET_UNIMPLEMENTED, 64, start), OK);
    assert_int_equal(budget_spend(&b, BUDGET_AUTH_REQUESTS, 1, start), ERR_OVER_BUDGET);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_the_login_a_limit_is_for_ever),
        cmocka_unit_test(counters_do_not_share),
        cmocka_unit_test(a_refused_amount_is_not_counted),
        cmocka_unit_test(after_the_login_a_window_opens_anew),
        cmocka_unit_test(after_the_login_packets_are_free),
        cmocka_unit_test(a_counter_is_renewed_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
