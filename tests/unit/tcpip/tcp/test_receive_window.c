/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/receive_window.h"

#include "unit/tcpip/dice.h"

enum { MSS = 1000, PLENTY = 1 << 30 };

static struct receive_window of_size(uint32_t next, uint32_t initial, uint32_t max)
{
    struct receive_window w;
    receive_window_init(&w, next, initial, max, receive_window_scale(max));
    return w;
}

static uint32_t tell(struct receive_window *w, uint32_t next, uint32_t unread)
{
    return (uint32_t)receive_window_tell(w, next, unread, PLENTY, MSS, false) << w->scale;
}

static void the_scale_is_the_least_that_suffices(void **state)
{
    (void)state;
    assert_int_equal(receive_window_scale(0), 0);
    assert_int_equal(receive_window_scale(65535), 0);
    assert_int_equal(receive_window_scale(65536), 1);
    assert_int_equal(receive_window_scale(4 << 20), 7);
    assert_int_equal(receive_window_scale(UINT32_MAX), 14);
}

/* The four cases of RFC 9293 section 3.10.7.4. */
static void segments_are_acceptable_by_the_table(void **state)
{
    (void)state;
    const uint32_t next = UINT32_MAX - 20; /* the window goes on over zero */
    struct receive_window w = of_size(next, 0, 60000);
    assert_true(receive_window_accepts(&w, next, next, 0));
    assert_false(receive_window_accepts(&w, next, next + 1, 0));
    assert_false(receive_window_accepts(&w, next, next, 1));
    w = of_size(next, 100, 100);
    assert_int_equal(tell(&w, next, 0), 100);
    assert_true(receive_window_accepts(&w, next, next, 0));
    assert_true(receive_window_accepts(&w, next, next + 99, 0));
    assert_false(receive_window_accepts(&w, next, next + 100, 0));
    assert_false(receive_window_accepts(&w, next, next - 1, 0));
    assert_true(receive_window_accepts(&w, next, next + 99, 1000));
    assert_true(receive_window_accepts(&w, next, next - 10, 11));
    assert_false(receive_window_accepts(&w, next, next - 10, 10));
    assert_false(receive_window_accepts(&w, next, next + 100, 10));
    assert_true(receive_window_accepts(&w, next, next - 10, 1000));
}

/* SHLD-14 */
static void the_right_edge_never_goes_back(void **state)
{
    (void)state;
    struct receive_window w = of_size(1000, 60000, 60000);
    assert_int_equal(tell(&w, 1000, 0), 60000);
    /* 10,000 octets came and nobody reads them, and there is no memory. */
    assert_int_equal(receive_window_tell(&w, 11000, 10000, 0, MSS, false), 50000);
    receive_window_set_max(&w, 5000);
    assert_int_equal(tell(&w, 11000, 10000), 50000);
    assert_int_equal(receive_window_octets(&w, 61000), 0);
    assert_int_equal(receive_window_octets(&w, 70000), 0);
}

/* MUST-39 */
static void it_opens_in_steps_that_are_worth_a_segment(void **state)
{
    (void)state;
    struct receive_window w = of_size(0, 10000, 10000);
    assert_int_equal(tell(&w, 0, 0), 10000);
    assert_int_equal(tell(&w, 10000, 10000), 0);
    assert_false(receive_window_is_worth_telling(&w, 10000, 9001, PLENTY, MSS));
    assert_int_equal(tell(&w, 10000, 9001), 0);
    assert_true(receive_window_is_worth_telling(&w, 10000, 9000, PLENTY, MSS));
    assert_int_equal(tell(&w, 10000, 9000), 1000);
    assert_false(receive_window_is_worth_telling(&w, 10000, 9000, PLENTY, MSS));
    /* Of a small buffer half is a step. */
    w = of_size(0, 800, 800);
    (void)tell(&w, 0, 0);
    assert_false(receive_window_is_worth_telling(&w, 800, 401, PLENTY, MSS));
    assert_true(receive_window_is_worth_telling(&w, 800, 400, PLENTY, MSS));
}

static void a_peer_that_has_plenty_is_not_told_by_a_segment_of_its_own(void **state)
{
    (void)state;
    struct receive_window w = of_size(0, 60000, 60000);
    (void)tell(&w, 0, 0);
    assert_false(receive_window_is_worth_telling(&w, 20000, 0, PLENTY, MSS));
    assert_true(receive_window_is_worth_telling(&w, 35000, 0, PLENTY, MSS));
}

static void a_syn_is_not_scaled(void **state)
{
    (void)state;
    struct receive_window w = of_size(0, 200000, 4 << 20);
    assert_int_equal(receive_window_tell(&w, 0, 0, PLENTY, MSS, true), 65535);
    assert_int_equal(receive_window_octets(&w, 0), 65535);
    assert_int_equal(tell(&w, 0, 0), 200000 >> w.scale << w.scale);
}

/* A peer that sends octet by octet into a buffer that is full does not get more than it holds. */
static void rounding_by_the_scale_promises_no_more_than_there_is(void **state)
{
    (void)state;
    struct receive_window w = of_size(0, 65536, 4 << 20);
    uint32_t next = 0;
    (void)tell(&w, 0, 0);
    for (uint64_t dice = 1; receive_window_octets(&w, next) > 0;) {
        uint32_t left = receive_window_octets(&w, next);
        next += 1 + dice_roll(&dice, left < 3000 ? left : 3000);
        assert_true(tell(&w, next, next) <= 65536 - next);
        assert_true(receive_window_octets(&w, next) <= 65536 - next);
    }
    assert_int_equal(next, 65536);
}

/* ---- its size ---- */

/* A sender in slow start on a path of 100 ms, and an owner that reads at once. */
static void it_grows_with_what_is_consumed(void **state)
{
    (void)state;
    struct receive_window w = of_size(0, 64000, 4 << 20);
    uint32_t next = 0, sent = 16000;
    for (int64_t ms = 0; ms < 2000; ms += 100) {
        uint32_t window = tell(&w, next, 0), burst = sent < window ? sent : window;
        for (uint32_t part = 0; part < burst; part += burst / 8) {
            uint32_t count = burst - part < burst / 8 ? burst - part : burst / 8;
            next += count;
            receive_window_consumed(&w, count, next, 100000, at_ms(ms + part * 90 / burst));
            (void)tell(&w, next, 0);
        }
        sent = sent < 4 << 20 ? 2 * sent : sent;
    }
    assert_true(w.size >= 2 << 20);
    assert_true(w.size <= 4 << 20);
}

static void who_reads_slowly_keeps_a_small_one(void **state)
{
    (void)state;
    struct receive_window w = of_size(0, 64000, 4 << 20);
    uint32_t next = 0;
    for (int64_t ms = 0; ms < 10000; ms += 10) {
        (void)tell(&w, next, 0);
        next += 1000;
        receive_window_consumed(&w, 1000, next, 100000, at_ms(ms));
    }
    assert_int_equal(w.size, 64000);
}

/* Without the sender's estimate a window takes a round trip at least. */
static void without_an_estimate_it_measures(void **state)
{
    (void)state;
    struct receive_window w = of_size(0, 64000, 4 << 20);
    uint32_t next = 0;
    for (int64_t ms = 0; ms < 400; ms += 20) {
        (void)tell(&w, next, 0);
        next += 64000;
        receive_window_consumed(&w, 64000, next, 0, at_ms(ms));
    }
    assert_int_equal(w.round_trip_us, 20000);
    assert_int_equal(w.size, 128000);
}

static void the_limit_may_change(void **state)
{
    (void)state;
    struct receive_window w = of_size(0, 64000, 4 << 20);
    receive_window_set_max(&w, 10000);
    assert_int_equal(w.size, 10000);
    receive_window_consumed(&w, UINT32_MAX, 0, 1000, at_ms(0));
    receive_window_consumed(&w, UINT32_MAX, 0, 1000, at_ms(500));
    assert_int_equal(w.size, 10000);
    receive_window_set_max(&w, 20000);
    assert_int_equal(w.size, 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_scale_is_the_least_that_suffices),
        cmocka_unit_test(segments_are_acceptable_by_the_table),
        cmocka_unit_test(the_right_edge_never_goes_back),
        cmocka_unit_test(it_opens_in_steps_that_are_worth_a_segment),
        cmocka_unit_test(a_peer_that_has_plenty_is_not_told_by_a_segment_of_its_own),
        cmocka_unit_test(a_syn_is_not_scaled),
        cmocka_unit_test(rounding_by_the_scale_promises_no_more_than_there_is),
        cmocka_unit_test(it_grows_with_what_is_consumed),
        cmocka_unit_test(who_reads_slowly_keeps_a_small_one),
        cmocka_unit_test(without_an_estimate_it_measures),
        cmocka_unit_test(the_limit_may_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
