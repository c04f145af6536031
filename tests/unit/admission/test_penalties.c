/* SPDX-License-Identifier: BSD-2-Clause */
#include "admission/penalties.h"

#include "sources.h"

static struct instant at(int64_t seconds)
{
    return instant_after((struct instant){ 0 }, 1000 * seconds);
}

static const struct penalties_rules usual = {
    .are_enabled = true,
    .ms = { [PENALTIES_CRASH] = 90000,
            [PENALTIES_AUTHFAIL] = 5000,
            [PENALTIES_INVALIDUSER] = 5000,
            [PENALTIES_REFUSECONNECTION] = 10000,
            [PENALTIES_NOAUTH] = 1000,
            [PENALTIES_GRACE_EXCEEDED] = 10000 },
    .max_ms = 600000,
    .min_ms = 15000,
    .max_sources4 = 65536,
    .max_sources6 = 65536,
    .v4_bits = 32,
    .v6_bits = 128,
};

static bool refuses(struct penalties *p, struct source source, int64_t seconds)
{
    const char *reason = NULL;
    bool refused = penalties_refuses(p, &source, at(seconds), &reason);
    assert_true(!refused || reason);
    return refused;
}

static bool add(struct penalties *p, struct source source, enum penalties_class class,
                int64_t seconds)
{
    return penalties_add(p, &source, class, at(seconds));
}

static void a_penalty_above_the_minimum_counts_at_once_and_ends(void **state)
{
    (void)state;
    struct penalties_rules rules = usual;
    struct penalties *p = penalties_new(&rules, 5);
    struct source bad = v4(10, 0, 0, 1);
    assert_false(refuses(p, bad, 0));
    assert_true(add(p, bad, PENALTIES_CRASH, 0));
    assert_true(refuses(p, bad, 0));
    assert_true(refuses(p, bad, 89));
    assert_false(refuses(p, v4(10, 0, 0, 2), 0));
    assert_false(refuses(p, bad, 90));
    penalties_free(p);
    penalties_free(NULL);
}

static void small_penalties_add_up_until_they_count(void **state)
{
    (void)state;
    struct penalties_rules rules = usual;
    struct penalties *p = penalties_new(&rules, 5);
    struct source bad = v6(1, 1, 1);
    for (int i = 0; i < 3; i++) {
        (void)add(p, bad, PENALTIES_AUTHFAIL, 0);
        assert_false(refuses(p, bad, 0)); /* 15 s is not above the minimum of 15 s */
    }
    (void)add(p, bad, PENALTIES_NOAUTH, 0);
    assert_true(refuses(p, bad, 0));
    assert_true(refuses(p, bad, 15)); /* once it counts, it does to its end */
    assert_false(refuses(p, bad, 16));
    /* Spread over time they never add up. */
    for (int i = 0; i < 20; i++)
        (void)add(p, bad, PENALTIES_AUTHFAIL, 100 + 5 * i);
    assert_false(refuses(p, bad, 200));
    penalties_free(p);
}

static void a_penalty_never_exceeds_the_maximum(void **state)
{
    (void)state;
    struct penalties_rules rules = usual;
    struct penalties *p = penalties_new(&rules, 5);
    struct source bad = v4(10, 0, 0, 1);
    for (int i = 0; i < 100; i++)
        (void)add(p, bad, PENALTIES_CRASH, 0);
    assert_true(refuses(p, bad, 599));
    assert_false(refuses(p, bad, 600));
    penalties_free(p);
}

static void the_reason_is_the_last_one(void **state)
{
    (void)state;
    struct penalties_rules rules = usual;
    struct penalties *p = penalties_new(&rules, 5);
    struct source bad = v4(10, 0, 0, 1);
    const char *reason;
    for (enum penalties_class class = 0; class < PENALTIES_CLASS_COUNT; class ++) {
        (void)add(p, bad, PENALTIES_CRASH, 0);
        (void)add(p, bad, class, 0);
        assert_true(penalties_refuses(p, &bad, at(0), &reason));
        assert_string_equal(reason, penalties_reason(class));
    }
    penalties_free(p);
}

static void the_addresses_of_a_block_share_it(void **state)
{
    (void)state;
    struct penalties_rules rules = usual;
    rules.v4_bits = 24;
    rules.v6_bits = 64;
    struct penalties *p = penalties_new(&rules, 5);
    (void)add(p, v4(10, 0, 0, 1), PENALTIES_CRASH, 0);
    (void)add(p, v6(1, 1, 1), PENALTIES_CRASH, 0);
    assert_true(refuses(p, v4(10, 0, 0, 2), 0));
    assert_false(refuses(p, v4(10, 0, 1, 2), 0));
    assert_true(refuses(p, v6(1, 1, 2), 0));
    assert_false(refuses(p, v6(1, 2, 1), 0));
    penalties_free(p);
}

static void what_is_switched_off_does_nothing(void **state)
{
    (void)state;
    struct penalties_rules rules = usual;
    rules.ms[PENALTIES_NOAUTH] = 0;
    struct penalties *p = penalties_new(&rules, 5);
    assert_false(add(p, v4(10, 0, 0, 1), PENALTIES_NOAUTH, 0));
    assert_false(add(p, (struct source){ 0 }, PENALTIES_CRASH, 0)); /* a pipe */
    assert_false(refuses(p, (struct source){ 0 }, 0));
    penalties_free(p);

    rules.are_enabled = false;
    p = penalties_new(&rules, 5);
    assert_false(add(p, v4(10, 0, 0, 1), PENALTIES_CRASH, 0));
    assert_false(refuses(p, v4(10, 0, 0, 1), 0));
    penalties_free(p);
}

static void too_many_sources_forget_who_would_be_free_first(void **state)
{
    (void)state;
    struct penalties_rules rules = usual;
    rules.max_sources4 = 3;
    struct penalties *p = penalties_new(&rules, 5);
    (void)add(p, v4(10, 0, 0, 1), PENALTIES_CRASH, 2);
    (void)add(p, v4(10, 0, 0, 2), PENALTIES_CRASH, 0);
    (void)add(p, v4(10, 0, 0, 3), PENALTIES_CRASH, 1);
    (void)add(p, v4(10, 0, 0, 4), PENALTIES_CRASH, 3);
    assert_false(refuses(p, v4(10, 0, 0, 2), 4));
    assert_true(refuses(p, v4(10, 0, 0, 1), 4) && refuses(p, v4(10, 0, 0, 3), 4) &&
                refuses(p, v4(10, 0, 0, 4), 4));
    assert_false(refuses(p, v6(1, 1, 1), 4));
    penalties_free(p);
}

static void or_they_refuse_everybody(void **state)
{
    (void)state;
    struct penalties_rules rules = usual;
    rules.max_sources6 = 2;
    rules.overflow6 = PENALTIES_DENY_ALL;
    struct penalties *p = penalties_new(&rules, 5);
    assert_true(add(p, v6(1, 1, 1), PENALTIES_CRASH, 0));
    assert_false(refuses(p, v6(9, 9, 9), 0));
    assert_true(add(p, v6(1, 1, 2), PENALTIES_CRASH, 0));
    assert_false(add(p, v6(1, 1, 3), PENALTIES_CRASH, 0));
    assert_true(add(p, v6(1, 1, 2), PENALTIES_CRASH, 0)); /* it is there already */
    assert_true(refuses(p, v6(9, 9, 9), 0));
    assert_false(refuses(p, v4(10, 0, 0, 1), 0));
    assert_false(refuses(p, v6(9, 9, 9), 90)); /* there is room again */
    penalties_free(p);
}

/* Against a plain list, with time running and penalties that end in another order than they began. */
static void the_heap_keeps_its_order(void **state)
{
    (void)state;
    enum { KINDS = 40 };
    struct penalties_rules rules = usual;
    rules.min_ms = 0;
    struct penalties *p = penalties_new(&rules, 5);
    int64_t until[KINDS] = { 0 };
    for (unsigned step = 0, dice = 1; step < 5000; step++, dice = dice * 1103515245u + 12345u) {
        unsigned i = dice / 65536 % KINDS;
        int64_t now = step / 4;
        enum penalties_class class = dice / 7 % PENALTIES_CLASS_COUNT;
        (void)add(p, v4(10, 0, 0, i), class, now);
        int64_t begin = until[i] > now ? until[i] : now;
        int64_t end = begin + rules.ms[class] / 1000;
        until[i] = end < now + 600 ? end : now + 600;
        for (unsigned j = 0; j < KINDS; j++)
            assert_int_equal(refuses(p, v4(10, 0, 0, j), now), until[j] > now);
    }
    penalties_free(p);
}

static void what_was_kept_goes_on_elsewhere(void **state)
{
    (void)state;
    struct penalties_rules rules = usual;
    struct penalties *before = penalties_new(&rules, 5), *after = penalties_new(&rules, 6);
    struct penalties_entry entry;
    assert_false(penalties_at(before, 0, &entry));
    assert_true(add(before, v4(10, 0, 0, 1), PENALTIES_CRASH, 0));    /* counts until 90 */
    assert_true(add(before, v4(10, 0, 0, 2), PENALTIES_AUTHFAIL, 0)); /* 5 s, which do not count */
    assert_true(add(before, v6(1, 1, 1), PENALTIES_CRASH, 0));
    size_t count = 0;
    for (; penalties_at(before, count, &entry); count++)
        penalties_restore(after, &entry, at(1));
    assert_int_equal(count, 3);
    assert_true(refuses(after, v4(10, 0, 0, 1), 89));
    assert_true(refuses(after, v6(1, 1, 1), 89));
    assert_false(refuses(after, v4(10, 0, 0, 2), 1));
    assert_false(refuses(after, v4(10, 0, 0, 1), 90));
    assert_false(refuses(after, v6(1, 1, 1), 90));
    assert_false(penalties_at(after, 0, &entry));
    penalties_free(before);
    penalties_free(after);
}

static void other_rules_hold_for_what_was_kept(void **state)
{
    (void)state;
    struct penalties_rules rules = usual;
    const struct penalties_entry crashes[] = {
        { v4(10, 0, 0, 1), at(500), true, PENALTIES_CRASH },
        { v4(10, 0, 0, 2), at(50), true, PENALTIES_CRASH },
        { v4(10, 0, 1, 1), at(500), true, PENALTIES_CRASH },
        { { .len = 0 }, at(500), true, PENALTIES_CRASH },
    };
    rules.v4_bits = 24;
    rules.max_ms = 100 * 1000;
    rules.max_sources4 = 1;
    struct penalties *p = penalties_new(&rules, 5);
    for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
        penalties_restore(p, &crashes[i], at(0));
    assert_true(refuses(p, v4(10, 0, 0, 3),
                        99)); /* the longer one, for the block, and no longer than that */
    assert_false(refuses(p, v4(10, 0, 1, 1), 0)); /* there was no room */
    assert_false(refuses(p, v4(10, 0, 0, 3), 100));
    penalties_free(p);
    rules.are_enabled = false;
    p = penalties_new(&rules, 5);
    penalties_restore(p, &crashes[0], at(0));
    assert_false(refuses(p, v4(10, 0, 0, 1), 0));
    penalties_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_penalty_above_the_minimum_counts_at_once_and_ends),
        cmocka_unit_test(small_penalties_add_up_until_they_count),
        cmocka_unit_test(a_penalty_never_exceeds_the_maximum),
        cmocka_unit_test(the_reason_is_the_last_one),
        cmocka_unit_test(the_addresses_of_a_block_share_it),
        cmocka_unit_test(what_is_switched_off_does_nothing),
        cmocka_unit_test(too_many_sources_forget_who_would_be_free_first),
        cmocka_unit_test(or_they_refuse_everybody),
        cmocka_unit_test(the_heap_keeps_its_order),
        cmocka_unit_test(what_was_kept_goes_on_elsewhere),
        cmocka_unit_test(other_rules_hold_for_what_was_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
