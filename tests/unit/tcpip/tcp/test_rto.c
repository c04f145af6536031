/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/rto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { MS = 1000 };

static struct instant at(int64_t ms)
{
    return instant_after((struct instant){ 0 }, ms);
}

static void before_a_sample_it_is_one_second(void **state)
{
    (void)state;
    struct rto rto;
    rto_init(&rto);
    assert_int_equal(rto_us(&rto), 1000 * MS);
    assert_int_equal(rto.min_us, UINT32_MAX);
}

/* SRTT = R, RTTVAR = R / 2, RTO = SRTT + 4 RTTVAR. */
static void the_first_sample_gives_three_round_trips(void **state)
{
    (void)state;
    struct rto rto;
    rto_init(&rto);
    rto_sample(&rto, 300 * MS, 1, at(0));
    assert_int_equal(rto.smoothed_us, 300 * MS);
    assert_int_equal(rto.variation_us, 150 * MS);
    assert_int_equal(rto_us(&rto), 900 * MS);
}

/* RFC 6298 section 2.3 with doubles beside it. */
static void further_samples_follow_the_formula(void **state)
{
    (void)state;
    static const uint32_t samples[] = { 300, 400, 200, 900, 310, 305, 50, 2000, 300, 300, 300 };
    struct rto rto;
    rto_init(&rto);
    double smoothed = 0, variation = 0;
    for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
        double sample = samples[i] * 1000.0;
        double deviation = smoothed > sample ? smoothed - sample : sample - smoothed;
        variation = i == 0 ? sample / 2 : variation * 3 / 4 + deviation / 4;
        smoothed = i == 0 ? sample : smoothed * 7 / 8 + sample / 8;
        rto_sample(&rto, samples[i] * MS, 1, at(0));
        double expected = smoothed + 4 * variation;
        assert_true(rto_us(&rto) > expected - 50 && rto_us(&rto) < expected + 50);
    }
}

static void of_a_steady_round_trip_the_floor_is_left(void **state)
{
    (void)state;
    struct rto rto;
    rto_init(&rto);
    for (int i = 0; i < 200; i++)
        rto_sample(&rto, 20, 1, at(i));
    assert_int_equal(rto.smoothed_us, 20);
    assert_int_equal(rto_us(&rto), 20 + RTO_FLOOR_US);
}

/* RFC 7323 appendix G: a flight of ten samples moves the average as one did. */
static void many_samples_of_a_flight_weigh_as_one(void **state)
{
    (void)state;
    struct rto one, ten;
    rto_init(&one);
    rto_init(&ten);
    rto_sample(&one, 100 * MS, 1, at(0));
    rto_sample(&ten, 100 * MS, 1, at(0));
    for (int i = 0; i < 4; i++) {
        rto_sample(&one, 200 * MS, 1, at(0));
        for (int j = 0; j < 10; j++)
            rto_sample(&ten, 200 * MS, 10, at(0));
    }
    assert_in_range(ten.smoothed_us, one.smoothed_us - 4 * MS, one.smoothed_us + 4 * MS);
}

static void each_timeout_doubles_it_up_to_two_minutes(void **state)
{
    (void)state;
    struct rto rto;
    rto_init(&rto);
    uint32_t expected = 1000 * MS;
    for (int i = 0; i < 300; i++) {
        assert_int_equal(rto_us(&rto), expected);
        rto_back_off(&rto);
        expected = expected * 2 < RTO_MAX_US ? expected * 2 : RTO_MAX_US;
    }
}

static void a_sample_or_progress_ends_the_back_off(void **state)
{
    (void)state;
    struct rto rto;
    rto_init(&rto);
    rto_sample(&rto, 300 * MS, 1, at(0));
    rto_back_off(&rto);
    rto_back_off(&rto);
    assert_int_equal(rto_us(&rto), 3600 * MS);
    rto_forgive(&rto);
    assert_int_equal(rto_us(&rto), 900 * MS);
    rto_back_off(&rto);
    rto_sample(&rto, 300 * MS, 1, at(0));
    assert_int_equal(rto.back_offs, 0);
}

static void what_arrives_without_a_sample_bounds_the_back_off(void **state)
{
    (void)state;
    struct rto rto;
    rto_init(&rto);
    rto_sample(&rto, 300 * MS, 1, at(0));
    rto_back_off(&rto);
    rto_ease(&rto);
    assert_int_equal(rto_us(&rto), 1800 * MS);
    for (int i = 0; i < 5; i++)
        rto_back_off(&rto);
    assert_int_equal(rto_us(&rto), 57600 * MS);
    rto_ease(&rto);
    assert_int_equal(rto_us(&rto), 7200 * MS);
}

static void after_a_lost_syn_it_is_three_seconds_unless_measured(void **state)
{
    (void)state;
    struct rto rto;
    rto_init(&rto);
    rto_back_off(&rto);
    rto_syn_was_lost(&rto);
    assert_int_equal(rto_us(&rto), 3000 * MS);
    rto_init(&rto);
    rto_sample(&rto, 100 * MS, 1, at(0));
    rto_syn_was_lost(&rto);
    assert_int_equal(rto_us(&rto), 300 * MS);
}

static void the_least_round_trip_is_forgotten_after_five_minutes(void **state)
{
    (void)state;
    struct rto rto;
    rto_init(&rto);
    rto_sample(&rto, 50 * MS, 1, at(1000));
    rto_sample(&rto, 80 * MS, 1, at(2000));
    assert_int_equal(rto.min_us, 50 * MS);
    rto_sample(&rto, 40 * MS, 1, at(3000));
    rto_sample(&rto, 90 * MS, 1, at(302999));
    assert_int_equal(rto.min_us, 40 * MS);
    rto_sample(&rto, 90 * MS, 1, at(303000));
    assert_int_equal(rto.min_us, 90 * MS);
}

static void absurd_samples_do_no_harm(void **state)
{
    (void)state;
    struct rto rto;
    rto_init(&rto);
    rto_sample(&rto, UINT32_MAX, 1, at(0));
    assert_int_equal(rto_us(&rto), RTO_MAX_US);
    for (int i = 0; i < 100; i++)
        rto_sample(&rto, i % 2 ? UINT32_MAX : 0, 0, at(0));
    assert_int_equal(rto_us(&rto), RTO_MAX_US);
    rto_init(&rto);
    rto_sample(&rto, 0, UINT32_MAX, at(0));
    assert_int_equal(rto.smoothed_us, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_a_sample_it_is_one_second),
        cmocka_unit_test(the_first_sample_gives_three_round_trips),
        cmocka_unit_test(further_samples_follow_the_formula),
        cmocka_unit_test(of_a_steady_round_trip_the_floor_is_left),
        cmocka_unit_test(many_samples_of_a_flight_weigh_as_one),
        cmocka_unit_test(each_timeout_doubles_it_up_to_two_minutes),
        cmocka_unit_test(a_sample_or_progress_ends_the_back_off),
        cmocka_unit_test(what_arrives_without_a_sample_bounds_the_back_off),
        cmocka_unit_test(after_a_lost_syn_it_is_three_seconds_unless_measured),
        cmocka_unit_test(the_least_round_trip_is_forgotten_after_five_minutes),
        cmocka_unit_test(absurd_samples_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
