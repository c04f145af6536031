/* SPDX-License-Identifier: BSD-2-Clause */
#include "lab/dice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

/* The first numbers of the reference implementation's demonstration: seed 42, stream 54. */
static void the_numbers_are_those_of_pcg32(void **unused)
{
    (void)unused;
    static const uint32_t expected[] = { 0xa15c02b7, 0x7b47f409, 0xba1d3330,
                                         0x83d2f293, 0xbfa4784b, 0xcbed606e };
    struct dice d = dice_new(42, 54);
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
        assert_int_equal(dice_roll(&d), expected[i]);
}

static void what_is_below_a_bound_reaches_every_number(void **unused)
{
    (void)unused;
    struct dice d = dice_new(1, 2);
    unsigned seen[6] = { 0 };
    for (int i = 0; i < 600; i++)
        seen[dice_below(&d, 6)]++;
    for (int i = 0; i < 6; i++)
        assert_in_range(seen[i], 60, 140);
}

static void never_and_always_are_exact(void **unused)
{
    (void)unused;
    struct dice d = dice_new(3, 4);
    for (int i = 0; i < 1000; i++) {
        assert_false(dice_chance(&d, 0));
        assert_true(dice_chance(&d, 1000000));
    }
}

static void streams_of_a_seed_differ_and_repeat(void **unused)
{
    (void)unused;
    uint8_t a[32], b[32], c[32];
    struct dice first = dice_new(5, 1), again = dice_new(5, 1), other = dice_new(5, 2);
    struct rng rngs[] = { dice_rng(&first), dice_rng(&again), dice_rng(&other) };
    rng_fill(&rngs[0], a, sizeof(a));
    rng_fill(&rngs[1], b, sizeof(b));
    rng_fill(&rngs[2], c, sizeof(c));
    assert_memory_equal(a, b, sizeof(a));
    assert_memory_not_equal(a, c, sizeof(a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_numbers_are_those_of_pcg32),
        cmocka_unit_test(what_is_below_a_bound_reaches_every_number),
        cmocka_unit_test(never_and_always_are_exact),
        cmocka_unit_test(streams_of_a_seed_differ_and_repeat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
