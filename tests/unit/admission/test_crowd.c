/* SPDX-License-Identifier: BSD-2-Clause */
#include "admission/crowd.h"

#include "sources.h"

static const struct crowd_setup blocks = { .size = 8, .v4_bits = 24, .v6_bits = 64, .seed = 3 };

static void blocks_are_counted_together(void **state)
{
    (void)state;
    struct crowd *c = crowd_new(&blocks);
    struct source a = v4(10, 0, 0, 1), b = v4(10, 0, 0, 2), other = v4(10, 0, 1, 1);
    struct source six = v6(1, 1, 1), same_six = v6(1, 1, 2), other_six = v6(1, 2, 1);
    crowd_enter(c, &a);
    crowd_enter(c, &b);
    crowd_enter(c, &six);
    assert_int_equal(crowd_count(c, &a), 2);
    assert_int_equal(crowd_count(c, &b), 2);
    assert_int_equal(crowd_count(c, &other), 0);
    assert_int_equal(crowd_count(c, &same_six), 1);
    assert_int_equal(crowd_count(c, &other_six), 0);
    crowd_leave(c, &b);
    assert_int_equal(crowd_count(c, &a), 1);
    crowd_free(c);
    crowd_free(NULL);
}

static void it_can_be_filled_again_and_again(void **state)
{
    (void)state;
    struct crowd *c = crowd_new(&blocks);
    for (unsigned turn = 0; turn < 100; turn++) {
        for (unsigned i = 0; i < 8; i++) {
            struct source source = v4(10, turn, i, 1);
            crowd_enter(c, &source);
            assert_int_equal(crowd_count(c, &source), 1);
        }
        for (unsigned i = 0; i < 8; i++) {
            struct source source = v4(10, turn, i, 1);
            crowd_leave(c, &source);
            assert_int_equal(crowd_count(c, &source), 0);
        }
    }
    crowd_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_counted_together),
        cmocka_unit_test(it_can_be_filled_again_and_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
