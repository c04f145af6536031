/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/wheel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct instant start = { 12345 };

static struct instant at(int64_t ms)
{
    return instant_after(start, ms);
}

static void a_node_is_due_at_its_deadline_and_not_before(void **unused)
{
    (void)unused;
    static const int64_t deadlines[] = { 0,   1,     2,     254,   255,      256,
                                         257, 65535, 65536, 70000, 16777216, 4294967296 };
    for (size_t i = 0; i < sizeof(deadlines) / sizeof(deadlines[0]); i++) {
        struct wheel w;
        assert_true(wheel_init(&w, 1, start));
        wheel_set(&w, 0, at(deadlines[i]));
        int woken = 0;
        /* As an owner does: wakes when he is told to, which may be too early. */
        for (struct instant now = start;;) {
            uint32_t node = wheel_expire(&w, now);
            if (node == 0) {
                assert_int_equal(now.us, at(deadlines[i]).us);
                break;
            }
            assert_true(wheel_deadline(&w).us > now.us);
            assert_true(wheel_deadline(&w).us <= at(deadlines[i]).us);
            now = wheel_deadline(&w);
            assert_true(++woken <= WHEEL_LEVELS);
        }
        assert_int_equal(wheel_deadline(&w).us, INSTANT_NEVER.us);
        wheel_wipe(&w);
    }
}

static void deadlines_are_rounded_up(void **unused)
{
    (void)unused;
    struct wheel w;
    assert_true(wheel_init(&w, 1, start));
    wheel_set(&w, 0, (struct instant){ start.us + 1500 });
    assert_int_equal(wheel_deadline(&w).us, start.us + 2000);
    assert_int_equal(wheel_expire(&w, (struct instant){ start.us + 1999 }), WHEEL_NONE);
    assert_int_equal(wheel_expire(&w, (struct instant){ start.us + 2000 }), 0);
    wheel_wipe(&w);
}

static void many_nodes_expire_in_any_case_in_time(void **unused)
{
    (void)unused;
    enum { NODES = 500 };
    struct wheel w;
    int64_t set[NODES];
    uint64_t x = 1;
    assert_true(wheel_init(&w, NODES, start));
    for (uint32_t i = 0; i < NODES; i++) {
        x = x * 6364136223846793005ULL + 1442695040888963407ULL;
        set[i] = (int64_t)(x >> 40) % 100000;
        wheel_set(&w, i, at(set[i] + 7));
        wheel_set(&w, i, at(set[i]));
    }
    for (uint32_t i = 0; i < NODES; i += 5) {
        wheel_set(&w, i, INSTANT_NEVER);
        set[i] = -1;
    }
    for (int64_t ms = 0; ms <= 100000; ms += 13) {
        for (uint32_t node; (node = wheel_expire(&w, at(ms))) != WHEEL_NONE;) {
            assert_in_range(set[node], ms - 12 < 0 ? 0 : ms - 12, ms);
            set[node] = -1;
        }
    }
    for (uint32_t i = 0; i < NODES; i++)
        assert_int_equal(set[i], -1);
    wheel_wipe(&w);
}

static void a_later_deadline_does_not_move_a_node_that_has_a_sooner_one(void **unused)
{
    (void)unused;
    struct wheel w;
    assert_true(wheel_init(&w, 1, start));
    wheel_set_sooner(&w, 0, at(100));
    wheel_set_sooner(&w, 0, at(200));
    wheel_set_sooner(&w, 0, INSTANT_NEVER);
    assert_int_equal(wheel_deadline(&w).us, at(100).us);
    wheel_set_sooner(&w, 0, at(50));
    assert_int_equal(wheel_deadline(&w).us, at(50).us);
    wheel_wipe(&w);
}

static void what_can_wait_is_told_apart(void **unused)
{
    (void)unused;
    struct wheel w;
    assert_true(wheel_init(&w, 2, start));
    assert_true(wheel_is_idle(&w));
    wheel_set_idle(&w, 0, at(50));
    wheel_set_idle(&w, 1, at(70000));
    assert_true(wheel_is_idle(&w));
    assert_int_equal(wheel_deadline(&w).us, at(50).us);
    /* It comes as any other, through all levels. */
    assert_int_equal(wheel_expire(&w, at(50)), 0);
    assert_int_equal(wheel_expire(&w, at(69999)), WHEEL_NONE);
    assert_true(wheel_is_idle(&w));
    /* What cannot wait is behind it; then it can no more. */
    wheel_set_sooner(&w, 1, at(80000));
    assert_false(wheel_is_idle(&w));
    assert_int_equal(wheel_expire(&w, at(70000)), 1);
    assert_true(wheel_is_idle(&w));
    wheel_set(&w, 0, at(90000));
    wheel_set_idle(&w, 0, at(95000));
    wheel_set_idle(&w, 0, at(85000));
    assert_false(wheel_is_idle(&w));
    assert_int_equal(wheel_expire(&w, at(85000)), 0);
    assert_true(wheel_is_idle(&w));
    wheel_wipe(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_is_due_at_its_deadline_and_not_before),
        cmocka_unit_test(deadlines_are_rounded_up),
        cmocka_unit_test(many_nodes_expire_in_any_case_in_time),
        cmocka_unit_test(a_later_deadline_does_not_move_a_node_that_has_a_sooner_one),
        cmocka_unit_test(what_can_wait_is_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
