/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/sack_blocks.h"

#include "unit/tcpip/dice.h"

static bool has_duplicate(uint32_t ack, struct tcp_range first, struct tcp_range second)
{
    const struct tcp_range sacks[] = { first, second };
    return sack_blocks_has_duplicate(ack, sacks, second.end > 0 ? 2 : 1);
}

/* The tables of RFC 2883 section 4. */
static void the_examples_of_rfc_2883_are_told_apart(void **state)
{
    (void)state;
    struct tcp_range none = { 0, 0 };
    assert_true(has_duplicate(4000, (struct tcp_range){ 3000, 3500 }, none)); /* 4.1.1 */
    assert_true(has_duplicate(4000, (struct tcp_range){ 3000, 3500 },
                              (struct tcp_range){ 4500, 5000 })); /* 4.1.2 */
    assert_true(has_duplicate(4000, (struct tcp_range){ 5000, 5500 },
                              (struct tcp_range){ 4500, 6000 }));            /* 4.1.3 */
    assert_true(has_duplicate(1500, (struct tcp_range){ 500, 1000 }, none)); /* 4.2.1 */
    assert_false(has_duplicate(500, (struct tcp_range){ 1000, 1500 }, none));
    assert_false(
        has_duplicate(500, (struct tcp_range){ 1000, 1500 }, (struct tcp_range){ 2000, 2500 }));
    assert_false(has_duplicate(500, (struct tcp_range){ 400, 400 }, none));
    assert_false(has_duplicate(500, (struct tcp_range){ 400, 300 }, none));
    assert_false(sack_blocks_has_duplicate(500, NULL, 0));
}

static void only_what_can_be_true_is_left_in_order(void **state)
{
    (void)state;
    struct tcp_range out[TCP_SACK_BLOCKS];
    const uint32_t begin = UINT32_MAX - 99; /* the flight goes on over zero, until 900 */
    const struct tcp_range sacks[] = { { 500, 600 }, { UINT32_MAX - 49, 100 }, { 300, 400 } };
    assert_int_equal(sack_blocks_sorted(sacks, 3, begin, 900, out), 3);
    assert_int_equal(out[0].begin, UINT32_MAX - 49);
    assert_int_equal(out[1].begin, 300);
    assert_int_equal(out[2].begin, 500);
    const struct tcp_range lies[] = {
        { begin, 100 }, { begin - 50, 100 }, { 100, 901 }, { 100, 100 }, { 200, 100 },
    };
    assert_int_equal(sack_blocks_sorted(lies, 5, begin, 900, out), 0);
    const struct tcp_range many[] = {
        { 1, 2 }, { 3, 4 }, { 5, 6 }, { 7, 8 }, { 9, 10 }, { 11, 12 }
    };
    assert_int_equal(sack_blocks_sorted(many, 6, begin, 900, out), TCP_SACK_BLOCKS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_rfc_2883_are_told_apart),
        cmocka_unit_test(only_what_can_be_true_is_left_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
