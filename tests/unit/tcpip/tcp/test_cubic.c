/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/cubic.h"

#include "unit/tcpip/dice.h"

#include <math.h>

enum { MSS = 1448 };

/* RFC 9438 as it is written: in segments, seconds and doubles. */
struct written {
    double window, window_max, window_prior, window_reno, origin, epoch;
};

static void begin_written(struct written *w, double now)
{
    w->epoch = now;
    if (w->window > w->window_max)
        w->window_max = w->window;
    w->origin = cbrt((w->window_max - w->window) / 0.4);
    w->window_reno = w->window;
}

static double written_at(const struct written *w, double elapsed)
{
    return 0.4 * pow(elapsed - w->origin, 3) + w->window_max;
}

static void grow_written(struct written *w, double segments, double round_trip, double now)
{
    double elapsed = now - w->epoch;
    double alpha = w->window_reno < w->window_prior ? 3 * 0.3 / 1.7 : 1;
    w->window_reno += alpha * segments / w->window;
    if (written_at(w, elapsed) < w->window_reno) {
        w->window = fmax(w->window, w->window_reno);
        return;
    }
    double target = fmin(written_at(w, elapsed + round_trip), w->window * 1.5);
    if (target > w->window)
        w->window += (target - w->window) * segments / w->window;
}

/* After a loss at `segments`, for `seconds`: an ACK for two segments at a time, a window in each round
 * trip. */
static void follow(double segments, uint32_t round_trip_ms, int seconds)
{
    struct cubic cubic;
    cubic_init(&cubic);
    uint32_t window = (uint32_t)(segments * MSS);
    struct written w = { .window_max = segments, .window_prior = segments };
    window = cubic_reduce(&cubic, window, window, MSS, false);
    w.window = (double)window / MSS;
    int64_t us = 1000000;
    begin_written(&w, 1);
    for (int64_t end = us + (int64_t)seconds * 1000000; us < end;) {
        window = cubic_grow(&cubic, window, 2 * MSS, MSS, round_trip_ms * 1000, at_us(us));
        grow_written(&w, 2, round_trip_ms / 1e3, (double)us / 1e6);
        double apart = fabs((double)window / MSS - w.window);
        assert_true(apart < 1 + w.window / 100);
        us += (int64_t)(round_trip_ms * 1000.0 * 2 * MSS / window);
    }
    assert_true(window > segments * MSS); /* it went through the plateau */
}

static void it_follows_the_function_of_rfc_9438(void **state)
{
    (void)state;
    follow(100, 100, 12);
    follow(1000, 50, 20);
    follow(20, 20, 10);
    follow(5, 10, 5); /* Reno's region */
    follow(30000, 200, 60);
}

/* The plateau is reached after K seconds, whatever the round trip. */
static void the_plateau_is_where_the_loss_was(void **state)
{
    (void)state;
    struct cubic cubic;
    cubic_init(&cubic);
    uint32_t window = cubic_reduce(&cubic, 1000 * MSS, 1000 * MSS, MSS, false);
    assert_int_equal(window, 700 * MSS);
    (void)cubic_grow(&cubic, window, 0, MSS, 100000, at_ms(0));
    double origin = cbrt(300 / 0.4) * 1000;
    assert_in_range(cubic.origin_ms, (uint32_t)origin - 1, (uint32_t)origin + 1);
}

static void who_loses_below_the_last_maximum_makes_room(void **state)
{
    (void)state;
    struct cubic cubic;
    cubic_init(&cubic);
    (void)cubic_reduce(&cubic, 1000 * MSS, 1000 * MSS, MSS, false);
    assert_int_equal(cubic.window_max, 1000 * MSS);
    (void)cubic_reduce(&cubic, 900 * MSS, 900 * MSS, MSS, false);
    assert_int_equal(cubic.window_max, 765 * MSS);
    (void)cubic_reduce(&cubic, 800 * MSS, 800 * MSS, MSS, false);
    assert_int_equal(cubic.window_max, 800 * MSS);
}

static void the_threshold_is_of_what_was_in_flight(void **state)
{
    (void)state;
    struct cubic cubic;
    cubic_init(&cubic);
    assert_int_equal(cubic_reduce(&cubic, 100 * MSS, 50 * MSS, MSS, false), 35 * MSS);
    assert_int_equal(cubic_reduce(&cubic, 100 * MSS, MSS, MSS, false), 2 * MSS);
}

static void after_a_timeout_growth_begins_with_the_plateau(void **state)
{
    (void)state;
    struct cubic cubic;
    cubic_init(&cubic);
    (void)cubic_reduce(&cubic, 1000 * MSS, 1000 * MSS, MSS, true);
    (void)cubic_grow(&cubic, 700 * MSS, MSS, MSS, 100000, at_ms(0));
    assert_int_equal(cubic.origin_ms, 0);
    assert_int_equal(cubic.window_max, 700 * MSS);
}

static void after_a_mistake_it_goes_on_where_it_was(void **state)
{
    (void)state;
    struct cubic cubic;
    cubic_init(&cubic);
    (void)cubic_reduce(&cubic, 1000 * MSS, 1000 * MSS, MSS, false);
    cubic_undo(&cubic, 1000 * MSS);
    assert_true(cubic_grow(&cubic, 1000 * MSS, MSS, MSS, 100000, at_ms(0)) >= 1000 * MSS);
    assert_int_equal(cubic.origin_ms, 0);
}

/* RFC 9438 section 5.8 */
static void time_in_which_the_window_was_not_in_use_does_not_count(void **state)
{
    (void)state;
    struct cubic cubic;
    cubic_init(&cubic);
    uint32_t window = cubic_reduce(&cubic, 100 * MSS, 100 * MSS, MSS, false);
    (void)cubic_grow(&cubic, window, MSS, MSS, 100000, at_ms(0));
    (void)cubic_grow(&cubic, window, MSS, MSS, 100000, at_ms(500));
    cubic_pause(&cubic, at_ms(60000));
    (void)cubic_grow(&cubic, window, MSS, MSS, 100000, at_ms(60100));
    assert_int_equal(cubic.elapsed_us, 600 * 1000);
}

static void no_input_makes_it_shrink_or_leap(void **state)
{
    (void)state;
    uint64_t dice = 1;
    for (int turn = 0; turn < 2000; turn++) {
        struct cubic cubic;
        cubic_init(&cubic);
        uint16_t mss = (uint16_t)(88 + dice_roll(&dice, 65000));
        uint32_t window = 2u * mss + dice_roll(&dice, 1 << 30);
        window = cubic_reduce(&cubic, window, window, mss, dice_roll(&dice, 2));
        int64_t us = 0;
        for (int i = 0; i < 50 && window < 1 << 30; i++) {
            uint32_t octets = (uint32_t)dice_next(&dice);
            uint32_t next =
                cubic_grow(&cubic, window, octets, mss, dice_roll(&dice, 120000000), at_us(us));
            assert_true(next >= window);
            assert_true(next <= (uint64_t)window * 3 / 2 + (uint64_t)50 * mss);
            window = next;
            us += dice_roll(&dice, 2) ? dice_roll(&dice, 1000000) : dice_roll(&dice, UINT32_MAX);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_follows_the_function_of_rfc_9438),
        cmocka_unit_test(the_plateau_is_where_the_loss_was),
        cmocka_unit_test(who_loses_below_the_last_maximum_makes_room),
        cmocka_unit_test(the_threshold_is_of_what_was_in_flight),
        cmocka_unit_test(after_a_timeout_growth_begins_with_the_plateau),
        cmocka_unit_test(after_a_mistake_it_goes_on_where_it_was),
        cmocka_unit_test(time_in_which_the_window_was_not_in_use_does_not_count),
        cmocka_unit_test(no_input_makes_it_shrink_or_leap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
