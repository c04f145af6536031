/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/path_mtu.h"

#include "unit/tcpip/dice.h"

static struct path_mtu of_link(uint16_t link)
{
    struct path_mtu p;
    path_mtu_init(&p, PATH_MTU_FLOOR_V4, link);
    return p;
}

static void it_begins_with_the_link_and_searches_for_nothing(void **state)
{
    (void)state;
    struct path_mtu p = of_link(1500);
    assert_int_equal(path_mtu_size(&p), 1500);
    assert_int_equal(path_mtu_probe(&p, at_ms(INT32_MAX)), 0);
}

static void an_icmp_that_can_be_true_lowers_it(void **state)
{
    (void)state;
    struct path_mtu p = of_link(1500);
    assert_true(path_mtu_too_big(&p, 1400, 1500, false, at_ms(0)));
    assert_int_equal(path_mtu_size(&p), 1400);
    assert_false(path_mtu_too_big(&p, 1400, 1500, false, at_ms(0))); /* once */
    assert_false(path_mtu_too_big(&p, 1300, 1200, false, at_ms(0))); /* it would have passed */
    assert_false(path_mtu_too_big(&p, 9000, 1500, false, at_ms(0))); /* never larger */
    assert_int_equal(path_mtu_size(&p), 1400);
}

/* RFC 1191 section 5 and 7: old routers say 0. */
static void without_a_size_the_next_plateau_is_taken(void **state)
{
    (void)state;
    struct path_mtu p = of_link(1500);
    assert_true(path_mtu_too_big(&p, 0, 1500, false, at_ms(0)));
    assert_int_equal(path_mtu_size(&p), 1492);
    assert_true(path_mtu_too_big(&p, 0, 1492, false, at_ms(0)));
    assert_int_equal(path_mtu_size(&p), 1280);
}

static void nobody_makes_it_smaller_than_the_floor(void **state)
{
    (void)state;
    struct path_mtu p = of_link(1500);
    assert_true(path_mtu_too_big(&p, 68, 1500, false, at_ms(0)));
    assert_int_equal(path_mtu_size(&p), PATH_MTU_FLOOR_V4);
    path_mtu_init(&p, PATH_MTU_FLOOR_V6, 1500);
    assert_true(path_mtu_too_big(&p, 576, 1500, false, at_ms(0)));
    assert_int_equal(path_mtu_size(&p), PATH_MTU_FLOOR_V6);
    for (uint32_t mtu = 0; mtu < 1500; mtu++)
        assert_false(path_mtu_too_big(&p, mtu, 1500, false, at_ms(0)));
    assert_false(path_mtu_timed_out(&p, 9, at_ms(0)));
}

/* RFC 5927 section 7.2 */
static void while_data_gets_through_an_icmp_is_not_believed(void **state)
{
    (void)state;
    struct path_mtu p = of_link(1500);
    assert_false(path_mtu_too_big(&p, 600, 1500, true, at_ms(0)));
    path_mtu_progressed(&p);
    assert_false(path_mtu_timed_out(&p, 1, at_ms(0)));
    assert_int_equal(path_mtu_size(&p), 1500);
    assert_false(path_mtu_too_big(&p, 600, 1500, true, at_ms(0)));
    assert_true(path_mtu_timed_out(&p, 1, at_ms(0)));
    assert_int_equal(path_mtu_size(&p), 600);
}

/* RFC 2923 section 2.1 */
static void a_black_hole_is_left_in_two_steps(void **state)
{
    (void)state;
    struct path_mtu p = of_link(1500);
    assert_false(path_mtu_timed_out(&p, 1, at_ms(0)));
    assert_true(path_mtu_timed_out(&p, 2, at_ms(0)));
    assert_int_equal(path_mtu_size(&p), 1492);
    assert_true(path_mtu_timed_out(&p, 3, at_ms(0)));
    assert_int_equal(path_mtu_size(&p), PATH_MTU_FLOOR_V4);
    assert_false(path_mtu_timed_out(&p, 4, at_ms(0)));
}

/* A path that takes `real` octets; returns how many probes it took. */
static int search(struct path_mtu *p, uint16_t real, struct instant now)
{
    int probes = 0;
    for (uint16_t size; (size = path_mtu_probe(p, now)) > 0; probes++) {
        assert_true(size > path_mtu_size(p) && size <= p->link);
        path_mtu_probe_sent(p);
        assert_int_equal(path_mtu_probe(p, now), 0); /* one at a time */
        if (size > real)
            path_mtu_probe_lost(p, now);
        else
            assert_true(path_mtu_probe_acked(p, now));
        assert_in_range(probes, 0, 60);
    }
    return probes;
}

static void after_ten_minutes_a_larger_size_is_found_again(void **state)
{
    (void)state;
    for (uint32_t real = PATH_MTU_FLOOR_V4; real <= 9000; real += 13) {
        struct path_mtu p = of_link(9000);
        assert_true(path_mtu_too_big(&p, PATH_MTU_FLOOR_V4, 9000, false, at_ms(0)));
        assert_int_equal(path_mtu_probe(&p, at_ms(PATH_MTU_RAISE_MS - 1)), 0);
        assert_in_range(search(&p, (uint16_t)real, at_ms(PATH_MTU_RAISE_MS)), 1, 40);
        assert_in_range(path_mtu_size(&p),
                        real > PATH_MTU_FLOOR_V4 + PATH_MTU_STEP ? real - PATH_MTU_STEP
                                                                 : PATH_MTU_FLOOR_V4,
                        real);
    }
}

static void a_link_that_came_back_takes_one_probe(void **state)
{
    (void)state;
    struct path_mtu p = of_link(1500);
    assert_true(path_mtu_too_big(&p, 1000, 1500, false, at_ms(0)));
    assert_int_equal(search(&p, 1500, at_ms(PATH_MTU_RAISE_MS)), 1);
    assert_int_equal(path_mtu_size(&p), 1500);
    assert_int_equal(path_mtu_probe(&p, at_ms(10 * PATH_MTU_RAISE_MS)), 0);
}

static void a_probe_that_was_not_sent_cannot_be_acknowledged(void **state)
{
    (void)state;
    struct path_mtu p = of_link(1500);
    assert_false(path_mtu_probe_acked(&p, at_ms(0)));
    path_mtu_probe_lost(&p, at_ms(0));
    assert_int_equal(p.failures, 0);
    /* It was lowered meanwhile. */
    assert_true(path_mtu_too_big(&p, 1400, 1500, false, at_ms(0)));
    path_mtu_probe_sent(&p);
    assert_true(path_mtu_too_big(&p, 1300, 1400, false, at_ms(0)));
    assert_false(path_mtu_probe_acked(&p, at_ms(0)));
    assert_int_equal(path_mtu_size(&p), 1300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_begins_with_the_link_and_searches_for_nothing),
        cmocka_unit_test(an_icmp_that_can_be_true_lowers_it),
        cmocka_unit_test(without_a_size_the_next_plateau_is_taken),
        cmocka_unit_test(nobody_makes_it_smaller_than_the_floor),
        cmocka_unit_test(while_data_gets_through_an_icmp_is_not_believed),
        cmocka_unit_test(a_black_hole_is_left_in_two_steps),
        cmocka_unit_test(after_ten_minutes_a_larger_size_is_found_again),
        cmocka_unit_test(a_link_that_came_back_takes_one_probe),
        cmocka_unit_test(a_probe_that_was_not_sent_cannot_be_acknowledged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
