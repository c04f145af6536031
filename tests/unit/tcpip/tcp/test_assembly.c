/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/assembly.h"

#include "unit/tcpip/dice.h"

#include <string.h>

struct bench {
    struct assembly a;
    struct assembly_block block;
};

static void set_up(struct bench *b)
{
    assembly_init(&b->a);
    assembly_lend_block(&b->a, &b->block);
}

static bool add(struct bench *b, uint32_t begin, uint32_t end)
{
    return assembly_add(&b->a, (struct tcp_range){ begin, end });
}

static void assert_sacks(struct bench *b, size_t max, const uint32_t *expected, size_t count)
{
    struct tcp_range sacks[TCP_SACK_BLOCKS];
    assert_int_equal(assembly_sacks(&b->a, sacks, max), count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(sacks[i].begin, expected[2 * i]);
        assert_int_equal(sacks[i].end, expected[2 * i + 1]);
    }
}

#define ASSERT_SACKS(b, max, ...)                           \
    assert_sacks(b, max, (const uint32_t[]){ __VA_ARGS__ }, \
                 sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t) / 2)

/* RFC 2018 section 7, case 2: the first of eight segments of 500 octets is lost. */
static void one_block_grows_while_the_first_is_missing(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    for (uint32_t seq = 5500; seq < 9000; seq += 500) {
        assert_true(add(&b, seq, seq + 500));
        ASSERT_SACKS(&b, 3, 5500, seq + 500);
    }
    assert_int_equal(assembly_held(&b.a), 3500);
    assert_int_equal(assembly_advance(&b.a, 5500), 9000);
    assert_true(assembly_is_empty(&b.a));
}

/* Case 3: the 2nd, 4th, 6th and 8th are lost; then the 4th comes, then the 2nd. */
static void the_newest_block_comes_first(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    assert_true(add(&b, 6000, 6500));
    ASSERT_SACKS(&b, 3, 6000, 6500);
    assert_true(add(&b, 7000, 7500));
    ASSERT_SACKS(&b, 3, 7000, 7500, 6000, 6500);
    assert_true(add(&b, 8000, 8500));
    ASSERT_SACKS(&b, 3, 8000, 8500, 7000, 7500, 6000, 6500);
    assert_true(add(&b, 6500, 7000));
    ASSERT_SACKS(&b, 3, 6000, 7500, 8000, 8500);
    assert_int_equal(assembly_advance(&b.a, 6000), 7500);
    ASSERT_SACKS(&b, 3, 8000, 8500);
}

/* RFC 2883 sections 4.1.1 to 4.2.3. */
static void a_duplicate_is_reported_once_and_first(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    assembly_duplicate(&b.a, (struct tcp_range){ 3000, 3500 });
    ASSERT_SACKS(&b, 3, 3000, 3500); /* below the ACK */
    struct tcp_range none[3];
    assert_int_equal(assembly_sacks(&b.a, none, 3), 0);
    assert_true(add(&b, 4500, 5000));
    assembly_duplicate(&b.a, (struct tcp_range){ 3000, 3500 });
    ASSERT_SACKS(&b, 3, 3000, 3500, 4500, 5000);
    assert_true(add(&b, 5000, 6000));
    assert_true(add(&b, 7000, 7500));
    assert_true(add(&b, 5000, 5500)); /* within what is held: that block is the second */
    ASSERT_SACKS(&b, 3, 5000, 5500, 4500, 6000, 7000, 7500);
    assert_true(add(&b, 5500, 6500)); /* in part */
    ASSERT_SACKS(&b, 4, 5500, 6000, 4500, 6500, 7000, 7500);
    assembly_duplicate(&b.a, (struct tcp_range){ 3000, 3000 });
    ASSERT_SACKS(&b, 1, 4500, 6500);
    assembly_duplicate(&b.a, (struct tcp_range){ 3000, 3500 });
    assert_int_equal(assembly_sacks(&b.a, none, 0), 0);
}

static void what_is_held_is_not_asked_for_again(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    assert_true(add(&b, 20, 30) && add(&b, 40, 50));
    struct tcp_range rest = { 10, 60 }, part;
    const uint32_t missing[] = { 10, 20, 30, 40, 50, 60 };
    for (size_t i = 0; i < 3; i++) {
        assert_true(assembly_missing(&b.a, &rest, &part));
        assert_int_equal(part.begin, missing[2 * i]);
        assert_int_equal(part.end, missing[2 * i + 1]);
    }
    assert_false(assembly_missing(&b.a, &rest, &part));
    rest = (struct tcp_range){ 22, 48 };
    assert_true(assembly_missing(&b.a, &rest, &part));
    assert_int_equal(part.begin, 30);
    assert_int_equal(part.end, 40);
    assert_false(assembly_missing(&b.a, &rest, &part));
    rest = (struct tcp_range){ 42, 47 };
    assert_false(assembly_missing(&b.a, &rest, &part));
}

static void without_a_block_nothing_is_held(void **state)
{
    (void)state;
    struct bench b;
    assembly_init(&b.a);
    assert_false(add(&b, 10, 20));
    assert_true(assembly_is_empty(&b.a));
    assert_int_equal(assembly_held(&b.a), 0);
    assert_int_equal(assembly_advance(&b.a, 10), 10);
    assert_null(assembly_take_block(&b.a));
    assembly_duplicate(&b.a, (struct tcp_range){ 1, 2 });
    ASSERT_SACKS(&b, 3, 1, 2);
    struct tcp_range rest = { 10, 20 }, part;
    assert_true(assembly_missing(&b.a, &rest, &part));
    assert_int_equal(part.end, 20);
}

static void the_block_comes_back_when_it_is_empty(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    assert_true(add(&b, 10, 20));
    assert_null(assembly_take_block(&b.a));
    assert_int_equal(assembly_advance(&b.a, 10), 20);
    assert_ptr_equal(assembly_take_block(&b.a), &b.block);
    set_up(&b);
    assert_true(add(&b, 10, 20));
    assert_ptr_equal(assembly_drop(&b.a), &b.block);
    assert_true(assembly_is_empty(&b.a));
}

/* CVE-2018-5390: every second octet. */
static void the_number_of_ranges_is_bounded(void **state)
{
    (void)state;
    struct bench b;
    set_up(&b);
    for (uint32_t i = 0; i < ASSEMBLY_RANGES; i++)
        assert_true(add(&b, 10 + 2 * i, 11 + 2 * i));
    assert_false(add(&b, 10 + 2 * ASSEMBLY_RANGES, 11 + 2 * ASSEMBLY_RANGES));
    assert_int_equal(assembly_held(&b.a), ASSEMBLY_RANGES);
    assert_true(add(&b, 11, 12)); /* fills a gap */
    assert_true(add(&b, 10 + 2 * ASSEMBLY_RANGES, 11 + 2 * ASSEMBLY_RANGES));
    assert_true(add(&b, 5, 500)); /* all become one */
    assert_int_equal(b.a.count, 1);
}

/* ---- against a map of octets ---- */

enum { WINDOW = 600 };

static void compare(const struct bench *b, const bool *held, uint32_t base)
{
    uint32_t count = 0;
    for (size_t i = 0; i < WINDOW; i++)
        count += held[i];
    assert_int_equal(assembly_held(&b->a), count);
    for (size_t i = 0; i < b->a.count; i++) {
        const struct assembly_range *range = b->block.ranges + i;
        for (uint32_t seq = range->begin; seq != range->end; seq++)
            assert_true(held[seq - base]);
        assert_true(i == 0 || seq_before(range[-1].end, range->begin));
    }
}

static void receive(struct bench *b, bool *held, uint32_t base, uint64_t *dice)
{
    uint32_t from = 1 + dice_roll(dice, WINDOW - 1), len = 1 + dice_roll(dice, 20);
    uint32_t to = from + len < WINDOW ? from + len : WINDOW;
    struct tcp_range whole = { base + from, base + to }, rest = whole, part;
    bool found[WINDOW] = { false };
    while (assembly_missing(&b->a, &rest, &part)) {
        assert_true(seq_before(part.begin, part.end));
        for (uint32_t seq = part.begin; seq != part.end; seq++) {
            assert_false(held[seq - base]);
            found[seq - base] = true;
        }
    }
    for (uint32_t i = from; i < to; i++)
        assert_true(held[i] != found[i]);
    if (!assembly_add(&b->a, whole))
        return;
    for (uint32_t i = from; i < to; i++)
        held[i] = true;
}

static uint32_t advance(struct bench *b, bool *held, uint32_t base, uint64_t *dice)
{
    uint32_t by = 1 + dice_roll(dice, 10);
    uint32_t next = assembly_advance(&b->a, base + by);
    while (by < WINDOW && held[by])
        by++;
    assert_int_equal(next, base + by);
    memmove(held, held + by, WINDOW - by);
    memset(held + WINDOW - by, 0, by);
    return next;
}

static void whatever_comes_it_is_a_map_of_octets(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct bench b;
        bool held[WINDOW] = { false };
        uint32_t base = UINT32_MAX - 3000;
        uint64_t dice = seed;
        set_up(&b);
        for (int i = 0; i < 1000; i++) {
            if (dice_roll(&dice, 4) > 0)
                receive(&b, held, base, &dice);
            else
                base = advance(&b, held, base, &dice);
            compare(&b, held, base);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_block_grows_while_the_first_is_missing),
        cmocka_unit_test(the_newest_block_comes_first),
        cmocka_unit_test(a_duplicate_is_reported_once_and_first),
        cmocka_unit_test(what_is_held_is_not_asked_for_again),
        cmocka_unit_test(without_a_block_nothing_is_held),
        cmocka_unit_test(the_block_comes_back_when_it_is_empty),
        cmocka_unit_test(the_number_of_ranges_is_bounded),
        cmocka_unit_test(whatever_comes_it_is_a_map_of_octets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
