/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/sent_ranges.h"

#include "unit/tcpip/dice.h"

#include <string.h>

static void check_whole(const struct sent_ranges *s, uint32_t begin, uint32_t end)
{
    uint32_t at = begin, sacked = 0, lost = 0;
    assert_in_range(s->count, 0, SENT_RANGES_MAX);
    for (size_t i = 0; i < s->count; i++) {
        const struct sent_range *range = sent_ranges_at(s, i);
        assert_int_equal(range->begin, at);
        assert_true(seq_before(range->begin, range->end));
        assert_false(range->is_sacked && range->is_lost);
        at = range->end;
        sacked += range->is_sacked ? range->end - range->begin : 0;
        lost += range->is_lost ? range->end - range->begin : 0;
    }
    assert_int_equal(at, end);
    assert_int_equal(sacked, s->sacked);
    assert_int_equal(lost, s->lost);
}

/* With that memory, which has SENT_RANGES_MAX. */
static struct sent_ranges lent(struct sent_range *storage)
{
    struct sent_ranges s;
    sent_ranges_init(&s);
    sent_ranges_lend(&s, storage);
    return s;
}

static void what_is_sent_in_quick_succession_is_one_range(void **state)
{
    (void)state;
    struct sent_range storage[SENT_RANGES_MAX];
    struct sent_ranges s = lent(storage);
    sent_ranges_append(&s, 0, 1000, 100, at_us(0));
    sent_ranges_append(&s, 1000, 2000, 100, at_us(100));
    assert_int_equal(s.count, 1);
    assert_int_equal(sent_ranges_at(&s, 0)->sent_at.us, 0);
    sent_ranges_append(&s, 2000, 3000, 100, at_us(101));
    assert_int_equal(s.count, 2);
    /* What was sent again, is lost or has arrived is not joined. */
    sent_ranges_set_lost(&s, 1);
    sent_ranges_append(&s, 3000, 4000, 100, at_us(101));
    assert_int_equal(s.count, 3);
    check_whole(&s, 0, 4000);
    /* Nor is what left before something that was sent again. */
    sent_ranges_set_sent(&s, 1, at_us(101));
    sent_ranges_append(&s, 4000, 5000, 100, at_us(101));
    assert_int_equal(s.count, 4);
    sent_ranges_append(&s, 5000, 6000, 100, at_us(102));
    assert_int_equal(s.count, 4);
    check_whole(&s, 0, 6000);
}

static void without_lent_memory_there_is_one_range(void **state)
{
    (void)state;
    struct sent_range storage[SENT_RANGES_MAX];
    struct sent_ranges s;
    sent_ranges_init(&s);
    sent_ranges_append(&s, 0, 1000, 0, at_us(0));
    sent_ranges_append(&s, 1000, 2000, 0, at_us(50));
    assert_int_equal(s.count, 1);
    assert_true(sent_ranges_at(&s, 0)->is_coarse);
    assert_int_equal(sent_ranges_at(&s, 0)->sent_at.us, 50);
    assert_true(sent_ranges_isolate(&s, 0, (struct tcp_range){ 0, 500 }) == SIZE_MAX);
    sent_ranges_set_lost(&s, 0);
    sent_ranges_append(&s, 2000, 2500, 0, at_us(60));
    check_whole(&s, 0, 2500);
    sent_ranges_advance(&s, 700);
    check_whole(&s, 700, 2500);
    sent_ranges_lend(&s, storage);
    assert_int_equal(sent_ranges_isolate(&s, 0, (struct tcp_range){ 900, 1000 }), 1);
    check_whole(&s, 700, 2500);
    sent_ranges_advance(&s, 2500);
    assert_int_equal(s.count, 0);
    sent_ranges_reset(&s);
    assert_null(s.lent);
}

/* Every second octet sacked: what no longer fits is forgotten, and nothing else is. */
static void a_peer_that_sacks_every_second_octet_gains_nothing(void **state)
{
    (void)state;
    struct sent_range storage[SENT_RANGES_MAX];
    struct sent_ranges s = lent(storage);
    sent_ranges_append(&s, 0, 1000, 0, at_us(0));
    size_t noted = 0;
    for (uint32_t seq = 1; seq < 999; seq += 2) {
        size_t number = s.count - 1u;
        number = sent_ranges_isolate(&s, number, (struct tcp_range){ seq, seq + 1 });
        if (number == SIZE_MAX)
            break;
        sent_ranges_set_sacked(&s, number);
        noted++;
    }
    assert_in_range(noted, 31, 32);
    assert_int_equal(s.sacked, noted);
    check_whole(&s, 0, 1000);
    /* New data still fits, if nothing else does. */
    sent_ranges_append(&s, 1000, 1100, 0, at_us(9));
    check_whole(&s, 0, 1100);
}

static void alike_neighbours_become_one(void **state)
{
    (void)state;
    struct sent_range storage[SENT_RANGES_MAX];
    struct sent_ranges s = lent(storage);
    for (uint32_t i = 0; i < 6; i++)
        sent_ranges_append(&s, i * 10, i * 10 + 10, 0, at_us(i));
    sent_ranges_set_sacked(&s, 1);
    sent_ranges_set_sacked(&s, 2);
    sent_ranges_set_lost(&s, 3);
    sent_ranges_set_lost(&s, 4);
    sent_ranges_merge(&s);
    assert_int_equal(s.count, 4);
    check_whole(&s, 0, 60);
    sent_ranges_set_sent(&s, 2, at_us(50));
    assert_true(sent_ranges_at(&s, 2)->was_sent_again);
    assert_int_equal(sent_ranges_at(&s, 2)->sent_at.us, 50);
    assert_int_equal(s.lost, 0);
    sent_ranges_merge(&s);
    assert_int_equal(s.count, 4);
}

/* ---- against octets, one by one ---- */

enum { MODEL = 4096 };

struct model {
    char fate[MODEL]; /* 'f', 's', 'l' */
    int64_t sent_at[MODEL];
    uint32_t base, begin, end; /* octets are numbered from base */
};

static void compare(const struct model *m, const struct sent_ranges *s)
{
    check_whole(s, m->base + m->begin, m->base + m->end);
    for (size_t i = 0; i < s->count; i++) {
        const struct sent_range *range = sent_ranges_at(s, i);
        char fate = range->is_sacked ? 's' : range->is_lost ? 'l' : 'f';
        for (uint32_t seq = range->begin; seq != range->end; seq++) {
            uint32_t octet = seq - m->base;
            /* A SACK may be forgotten to make room, never invented. */
            assert_true(m->fate[octet] == fate || (m->fate[octet] == 's' && fate == 'f'));
            /* Times may be too late, never too early. */
            if (fate == 'f' && m->fate[octet] == 'f')
                assert_true(range->sent_at.us >= m->sent_at[octet]);
        }
    }
}

static void append(struct model *m, struct sent_ranges *s, uint64_t *dice, int64_t now)
{
    uint32_t len = 1 + dice_roll(dice, 60);
    if (m->end + len > MODEL)
        return;
    sent_ranges_append(s, m->base + m->end, m->base + m->end + len, 0, at_us(now));
    const struct sent_range *last = sent_ranges_at(s, s->count - 1u);
    for (uint32_t i = m->end; i < m->end + len; i++) {
        m->fate[i] = last->is_lost ? 'l' : 'f';
        m->sent_at[i] = now;
    }
    m->end += len;
}

static void change(struct model *m, struct sent_ranges *s, uint64_t *dice, int64_t now)
{
    size_t number = dice_roll(dice, s->count);
    struct sent_range range = *sent_ranges_at(s, number);
    uint32_t len = range.end - range.begin, from = dice_roll(dice, len);
    struct tcp_range part = { range.begin + from,
                              range.begin + from + 1 + dice_roll(dice, len - from) };
    number = sent_ranges_isolate(s, number, part);
    if (number == SIZE_MAX)
        return;
    assert_int_equal(sent_ranges_at(s, number)->begin, part.begin);
    assert_int_equal(sent_ranges_at(s, number)->end, part.end);
    uint32_t fate = dice_roll(dice, 3);
    if (fate == 0)
        sent_ranges_set_sacked(s, number);
    else if (fate == 1)
        sent_ranges_set_lost(s, number);
    else
        sent_ranges_set_sent(s, number, at_us(now));
    for (uint32_t seq = part.begin; seq != part.end; seq++) {
        m->fate[seq - m->base] = "slf"[fate];
        m->sent_at[seq - m->base] = now;
    }
}

static void advance(struct model *m, struct sent_ranges *s, uint64_t *dice)
{
    m->begin += dice_roll(dice, (m->end - m->begin) / 4 + 1);
    sent_ranges_advance(s, m->base + m->begin);
}

static void run(uint64_t seed, uint32_t base)
{
    struct sent_range storage[SENT_RANGES_MAX];
    struct sent_ranges s;
    static struct model m;
    m = (struct model){ .base = base };
    sent_ranges_init(&s);
    if (seed % 8 > 0)
        sent_ranges_lend(&s, storage);
    uint64_t dice = seed;
    for (int64_t now = 1; now < 400; now++) {
        uint32_t what = dice_roll(&dice, 10);
        if (what < 4 || s.count == 0)
            append(&m, &s, &dice, now);
        else if (what < 9)
            change(&m, &s, &dice, now);
        else
            advance(&m, &s, &dice);
        if (what % 3 == 0)
            sent_ranges_merge(&s);
        if (s.count == 0 && m.end + 61 > MODEL)
            break;
        compare(&m, &s);
    }
}

static void whatever_happens_no_octet_is_mistaken(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++)
        run(seed, seed % 2 ? (uint32_t)seed : UINT32_MAX - MODEL / 2);
}

static void assert_whole(const struct sent_ranges *s, size_t number, struct tcp_range part,
                         struct tcp_range whole)
{
    bool is_some = sent_ranges_whole(sent_ranges_at(s, number), &part);
    assert_int_equal(is_some, whole.begin != whole.end);
    if (is_some) {
        assert_int_equal(part.begin, whole.begin);
        assert_int_equal(part.end, whole.end);
    }
}

static void only_whole_segments_are_sacked(void **state)
{
    (void)state;
    struct sent_range storage[SENT_RANGES_MAX];
    struct sent_ranges s = lent(storage);
    s.mss = 1000;
    sent_ranges_append(&s, 500, 4500, 100, at_us(0));
    sent_ranges_append(&s, 4500, 4800, 100, at_us(1));
    assert_int_equal(s.count, 1);
    assert_whole(&s, 0, (struct tcp_range){ 0, 9000 }, (struct tcp_range){ 500, 4800 });
    assert_whole(&s, 0, (struct tcp_range){ 501, 4799 }, (struct tcp_range){ 1500, 4500 });
    assert_whole(&s, 0, (struct tcp_range){ 3499, 4800 }, (struct tcp_range){ 3500, 4800 });
    assert_whole(&s, 0, (struct tcp_range){ 4799, 4800 }, (struct tcp_range){ 0, 0 });
    assert_whole(&s, 0, (struct tcp_range){ 1501, 2499 }, (struct tcp_range){ 0, 0 });
    assert_whole(&s, 0, (struct tcp_range){ 4800, 4900 }, (struct tcp_range){ 0, 0 });
    /* A part that begins where a segment does still has whole ones, another has not. */
    assert_int_equal(sent_ranges_isolate(&s, 0, (struct tcp_range){ 2500, 3500 }), 1);
    assert_whole(&s, 2, (struct tcp_range){ 3501, 4800 }, (struct tcp_range){ 4500, 4800 });
    sent_ranges_advance(&s, 600);
    assert_whole(&s, 0, (struct tcp_range){ 601, 1499 }, (struct tcp_range){ 601, 1499 });
}

static void where_segments_had_many_lengths_each_octet_counts(void **state)
{
    (void)state;
    struct sent_range storage[SENT_RANGES_MAX];
    struct sent_ranges s = lent(storage);
    s.mss = 1000;
    sent_ranges_append(&s, 0, 300, 100, at_us(0));
    sent_ranges_append(&s, 300, 1300, 100, at_us(0));
    assert_whole(&s, 0, (struct tcp_range){ 299, 1299 }, (struct tcp_range){ 299, 1299 });
    sent_ranges_append(&s, 1300, 2300, 100, at_us(1000));
    s.mss = 500;
    sent_ranges_append(&s, 2300, 2800, 100, at_us(1000));
    assert_int_equal(s.count, 2);
    assert_whole(&s, 1, (struct tcp_range){ 1301, 2799 }, (struct tcp_range){ 1301, 2799 });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_in_quick_succession_is_one_range),
        cmocka_unit_test(without_lent_memory_there_is_one_range),
        cmocka_unit_test(a_peer_that_sacks_every_second_octet_gains_nothing),
        cmocka_unit_test(alike_neighbours_become_one),
        cmocka_unit_test(only_whole_segments_are_sacked),
        cmocka_unit_test(where_segments_had_many_lengths_each_octet_counts),
        cmocka_unit_test(whatever_happens_no_octet_is_mistaken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
