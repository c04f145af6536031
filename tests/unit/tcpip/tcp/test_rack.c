/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/rack.h"

#include "unit/tcpip/dice.h"

enum { MIN_US = 100 * 1000, MS = 1000 };

struct bench {
    struct rack rack;
    struct rack_window window;
    struct sent_ranges ranges;
    struct sent_range storage[SENT_RANGES_MAX];
};

/* Four ranges of ten octets, sent a millisecond after each other. */
static void set_up(struct bench *b)
{
    rack_init(&b->rack, 0);
    rack_window_init(&b->window);
    sent_ranges_init(&b->ranges);
    sent_ranges_lend(&b->ranges, b->storage);
    for (uint32_t i = 0; i < 4; i++)
        sent_ranges_append(&b->ranges, 10 * i, 10 * i + 10, 0, at_ms(i));
}

static void arrived(struct bench *b, size_t number, struct instant echo_at, int64_t ms)
{
    rack_arrived(&b->rack, &b->window, sent_ranges_at(&b->ranges, number), MIN_US, echo_at,
                 at_ms(ms));
    sent_ranges_set_sacked(&b->ranges, number);
}

static void what_was_sent_before_an_arrival_is_lost_after_the_wait(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    assert_int_equal(rack_detect(&b.rack, &b.ranges, 0, at_ms(100)), 0); /* nothing arrived */
    arrived(&b, 2, INSTANT_NEVER, 102);
    assert_int_equal(b.rack.round_trip_us, 100 * MS);
    assert_int_equal(rack_detect(&b.rack, &b.ranges, 25 * MS, at_ms(102)), 0);
    assert_int_equal(b.rack.wait_at.us,
                     at_ms(126).us); /* for the second; the first is 1 ms earlier */
    assert_int_equal(rack_detect(&b.rack, &b.ranges, 25 * MS, at_ms(125)), 10);
    assert_true(sent_ranges_at(&b.ranges, 0)->is_lost);
    assert_int_equal(rack_detect(&b.rack, &b.ranges, 25 * MS, at_ms(126)), 10);
    assert_int_equal(b.rack.wait_at.us, INSTANT_NEVER.us);
    assert_false(sent_ranges_at(&b.ranges, 3)->is_lost); /* it was sent later */
}

static void an_arrival_that_may_be_of_the_original_teaches_nothing(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    sent_ranges_set_sent(&b.ranges, 0, at_ms(200));
    arrived(&b, 0, INSTANT_NEVER, 250); /* sooner than any round trip */
    assert_false(b.rack.has_arrival);
    sent_ranges_set_sent(&b.ranges, 0, at_ms(200));
    arrived(&b, 0, at_ms(1), 350); /* its timestamp is the original's */
    assert_false(b.rack.has_arrival);
    sent_ranges_set_sent(&b.ranges, 0, at_ms(200));
    arrived(&b, 0, at_ms(201), 350);
    assert_true(b.rack.has_arrival);
    rack_forget(&b.rack);
    assert_false(b.rack.has_arrival);
}

static void an_arrival_behind_the_highest_means_reordering(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    arrived(&b, 1, INSTANT_NEVER, 100);
    assert_false(b.window.is_reordering);
    sent_ranges_set_sent(&b.ranges, 0, at_ms(10));
    arrived(&b, 0, INSTANT_NEVER, 200); /* it was sent again */
    assert_false(b.window.is_reordering);
    arrived(&b, 3, INSTANT_NEVER, 200);
    arrived(&b, 2, INSTANT_NEVER, 201);
    assert_true(b.window.is_reordering);
}

/* RFC 8985 section 6.2 step 4 */
static void the_wait_grows_with_each_needless_retransmission(void **state)
{
    (void)state;
    struct rack_window w;
    rack_window_init(&w);
    assert_int_equal(rack_window_us(&w, 40 * MS, 100 * MS, true), 0);
    assert_int_equal(rack_window_us(&w, 40 * MS, 100 * MS, false), 10 * MS + RACK_TICK_US);
    w.is_reordering = true;
    assert_int_equal(rack_window_us(&w, 40 * MS, 100 * MS, true), 10 * MS + RACK_TICK_US);
    rack_window_duplicate(&w, 100, 200);
    rack_window_duplicate(&w, 150, 250); /* in the same round trip */
    assert_int_equal(rack_window_us(&w, 40 * MS, 100 * MS, true), 20 * MS + RACK_TICK_US);
    for (uint32_t i = 1; i < 300; i++)
        rack_window_duplicate(&w, 200 * i, 200 * i + 200);
    assert_int_equal(rack_window_us(&w, 40 * MS, 100 * MS, true), 100 * MS + RACK_TICK_US);
    for (int i = 0; i < RACK_PERSIST; i++)
        rack_window_recovered(&w);
    assert_int_equal(rack_window_us(&w, 40 * MS, 100 * MS, true), 10 * MS + RACK_TICK_US);
}

static void what_was_sent_again_in_the_tick_of_new_data_is_behind_it(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    sent_ranges_set_sent(&b.ranges, 0, at_ms(3)); /* as the last was */
    arrived(&b, 3, INSTANT_NEVER, 103);
    (void)rack_detect(&b.rack, &b.ranges, 0, at_ms(103));
    assert_false(sent_ranges_at(&b.ranges, 0)->is_lost);
    assert_true(sent_ranges_at(&b.ranges, 1)->is_lost);
    /* Two that were sent again went in the order of their numbers. */
    sent_ranges_set_sent(&b.ranges, 1, at_ms(3));
    arrived(&b, 1, INSTANT_NEVER, 203);
    sent_ranges_set_sent(&b.ranges, 0, at_ms(150));
    sent_ranges_set_sent(&b.ranges, 2, at_ms(150));
    arrived(&b, 2, INSTANT_NEVER, 260);
    (void)rack_detect(&b.rack, &b.ranges, 0, at_ms(260));
    assert_true(sent_ranges_at(&b.ranges, 0)->is_lost);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_sent_before_an_arrival_is_lost_after_the_wait),
        cmocka_unit_test(an_arrival_that_may_be_of_the_original_teaches_nothing),
        cmocka_unit_test(an_arrival_behind_the_highest_means_reordering),
        cmocka_unit_test(the_wait_grows_with_each_needless_retransmission),
        cmocka_unit_test(what_was_sent_again_in_the_tick_of_new_data_is_behind_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
