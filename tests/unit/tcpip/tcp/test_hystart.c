/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/hystart.h"

#include "unit/tcpip/dice.h"

enum { MSS = 1000, SEGMENTS = 20 };

struct path {
    struct hystart h;
    uint32_t begin;
    bool is_over;
};

static void set_up(struct path *p, uint32_t begin)
{
    *p = (struct path){ .begin = begin };
    hystart_init(&p->h);
}

/* A round of SEGMENTS ACKs: what they make the window grow by. */
static uint32_t round_of(struct path *p, uint32_t first_us, uint32_t rest_us)
{
    uint32_t growth = 0, end = p->begin + SEGMENTS * MSS;
    for (int i = 0; i < SEGMENTS && !p->is_over; i++) {
        p->begin += MSS;
        growth +=
            hystart_acked(&p->h, MSS, i == 0 ? first_us : rest_us, p->begin, end, &p->is_over);
    }
    return growth;
}

static void on_a_steady_path_the_window_doubles(void **state)
{
    (void)state;
    struct path p;
    set_up(&p, UINT32_MAX - 5 * MSS);
    for (int i = 0; i < 50; i++)
        assert_int_equal(round_of(&p, 100000, 100000), SEGMENTS * MSS);
    assert_false(p.is_over);
}

/* The eighth sample of a round that is 12.5 ms longer. */
static void a_longer_round_slows_it_down(void **state)
{
    (void)state;
    struct path p;
    set_up(&p, 0);
    (void)round_of(&p, 100000, 100000);
    (void)round_of(&p, 100000, 100000);
    assert_int_equal(round_of(&p, 112400, 112400), SEGMENTS * MSS); /* not yet an eighth */
    uint32_t growth = round_of(&p, 130000, 130000);
    assert_in_range(growth, 7 * MSS, 12 * MSS);
    assert_int_equal(p.h.baseline_us, 130000);
    assert_int_equal(round_of(&p, 130000, 130000), SEGMENTS * MSS / HYSTART_CSS_DIVISOR);
}

static void the_threshold_has_bounds(void **state)
{
    (void)state;
    struct path p;
    set_up(&p, 0);
    (void)round_of(&p, 1000, 1000);
    (void)round_of(&p, 1000, 1000);
    (void)round_of(&p, 4900, 4900); /* less than 4 ms more */
    assert_int_equal(p.h.baseline_us, 0);
    set_up(&p, 0);
    (void)round_of(&p, 800000, 800000);
    (void)round_of(&p, 800000, 800000);
    (void)round_of(&p, 816000, 816000); /* 16 ms more, not an eighth */
    assert_int_equal(p.h.baseline_us, 816000);
}

static void one_early_sample_is_enough_to_stay(void **state)
{
    (void)state;
    struct path p;
    set_up(&p, 0);
    (void)round_of(&p, 100000, 100000);
    (void)round_of(&p, 100000, 100000);
    (void)round_of(&p, 100000, 200000);
    assert_int_equal(p.h.baseline_us, 0);
}

static void five_slow_rounds_end_slow_start(void **state)
{
    (void)state;
    struct path p;
    set_up(&p, 0);
    (void)round_of(&p, 100000, 100000);
    (void)round_of(&p, 100000, 100000);
    int rounds = 0;
    for (; rounds < 20 && !p.is_over; rounds++)
        (void)round_of(&p, 150000, 150000);
    assert_in_range(rounds, 5, 6);
}

static void a_shorter_round_takes_it_back(void **state)
{
    (void)state;
    struct path p;
    set_up(&p, 0);
    (void)round_of(&p, 100000, 100000);
    (void)round_of(&p, 100000, 100000);
    (void)round_of(&p, 150000, 150000);
    (void)round_of(&p, 150000, 150000);
    assert_int_equal(p.h.baseline_us, 150000);
    (void)round_of(&p, 110000, 110000);
    assert_int_equal(p.h.baseline_us, 0);
    assert_int_equal(round_of(&p, 110000, 110000), SEGMENTS * MSS);
    assert_false(p.is_over);
}

static void few_samples_decide_nothing(void **state)
{
    (void)state;
    struct path p;
    set_up(&p, 0);
    (void)round_of(&p, 100000, 100000);
    (void)round_of(&p, 100000, 100000);
    for (int i = 0; i < 10; i++)
        (void)round_of(&p, 200000, 0); /* one sample a round */
    assert_false(p.is_over);
    assert_int_equal(p.h.baseline_us, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_a_steady_path_the_window_doubles),
        cmocka_unit_test(a_longer_round_slows_it_down),
        cmocka_unit_test(the_threshold_has_bounds),
        cmocka_unit_test(one_early_sample_is_enough_to_stay),
        cmocka_unit_test(five_slow_rounds_end_slow_start),
        cmocka_unit_test(a_shorter_round_takes_it_back),
        cmocka_unit_test(few_samples_decide_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
