/* SPDX-License-Identifier: BSD-2-Clause */
#include "admission/held.h"

#include "sources.h"

static struct held *of_size(size_t capacity)
{
    return held_new(&(struct held_setup){ capacity, 10 * 1000, 5 * 1000, 11 });
}

static struct instant at(int64_t ms)
{
    return instant_after((struct instant){ 0 }, ms);
}

static size_t add(struct held *h, struct source source, int64_t ms)
{
    return held_add(h, &source, at(ms));
}

/* ---- time ---- */

static void who_says_nothing_goes_after_its_time(void **state)
{
    (void)state;
    struct held *h = of_size(4);
    size_t number, first = add(h, v4(10, 0, 0, 1), 0), second = add(h, v4(10, 0, 0, 1), 1000);
    assert_int_equal(held_deadline(h).us, at(10000).us);
    assert_false(held_overdue(h, at(9999), &number));
    assert_true(held_overdue(h, at(10000), &number));
    assert_int_equal(number, first);
    assert_true(held_has(h, first));
    held_remove(h, first);
    assert_false(held_has(h, first) || held_has(h, 2) || held_has(h, 99));
    assert_int_equal(held_deadline(h).us, at(11000).us);
    assert_true(held_overdue(h, at(11000), &number));
    assert_int_equal(number, second);
    held_remove(h, second);
    assert_int_equal(held_deadline(h).us, INSTANT_NEVER.us);
    held_free(h);
    held_free(NULL);
}

static void who_said_its_name_has_its_own_time(void **state)
{
    (void)state;
    struct held *h = of_size(4);
    size_t number, slow = add(h, v4(10, 0, 0, 1), 0), quick = add(h, v4(10, 0, 0, 2), 0);
    held_advance(h, quick, HELD_NAMED, at(100));
    held_advance(h, slow, HELD_NAMED, at(9000));
    held_advance(h, quick, HELD_NAMED, at(5000)); /* which changes nothing */
    assert_int_equal(held_deadline(h).us, at(5100).us);
    assert_true(held_overdue(h, at(5100), &number));
    assert_int_equal(number, quick);
    held_remove(h, quick);
    assert_int_equal(held_deadline(h).us, at(14000).us);
    assert_int_equal(held_stage(h, slow), HELD_NAMED);
    held_free(h);
}

static void who_is_ready_waits_in_order_and_without_a_deadline(void **state)
{
    (void)state;
    struct held *h = of_size(4);
    size_t number, a = add(h, v4(10, 0, 0, 1), 0), b = add(h, v4(10, 0, 0, 2), 0);
    assert_false(held_first(h, HELD_READY, &number));
    held_advance(h, b, HELD_READY, at(1));
    held_advance(h, a, HELD_READY, at(2));
    assert_int_equal(held_deadline(h).us, INSTANT_NEVER.us);
    assert_true(held_first(h, HELD_READY, &number));
    assert_int_equal(number, b);
    held_remove(h, b);
    assert_true(held_first(h, HELD_READY, &number));
    assert_int_equal(number, a);
    held_free(h);
}

/* ---- who has to go ---- */

static void the_most_crowded_network_goes_first(void **state)
{
    (void)state;
    struct held *h = of_size(6);
    (void)add(h, v4(10, 1, 1, 1), 0); /* the /16 has most, its /24 too, but not the address */
    (void)add(h, v4(10, 1, 2, 1), 0);
    size_t expected = add(h, v4(10, 1, 1, 2), 1);
    (void)add(h, v4(10, 1, 1, 2), 2);
    (void)add(h, v4(10, 2, 1, 1), 0); /* two of one address, but in an emptier network */
    (void)add(h, v4(10, 2, 1, 1), 0);
    assert_true(held_is_full(h));
    assert_int_equal(held_victim(h), expected);
    held_free(h);
}

static void ipv6_is_crowded_by_48_64_and_128(void **state)
{
    (void)state;
    struct held *h = of_size(5);
    (void)add(h, v6(1, 1, 1), 0);
    (void)add(h, v6(1, 2, 1), 0);
    size_t expected = add(h, v6(1, 2, 2), 1);
    (void)add(h, v6(2, 1, 1), 0);
    (void)add(h, v6(2, 1, 1), 0);
    held_advance(h, 1, HELD_NAMED, at(0));
    assert_int_equal(held_victim(h), expected);
    held_free(h);
}

static void of_one_address_who_said_least_and_waited_longest_goes(void **state)
{
    (void)state;
    struct held *h = of_size(5);
    struct source one = v4(10, 0, 0, 1);
    size_t ready = add(h, one, 0), named = add(h, one, 0), old_named = add(h, one, 0);
    size_t young = add(h, one, 1), silent = add(h, one, 0);
    held_advance(h, old_named, HELD_NAMED, at(1));
    held_advance(h, named, HELD_NAMED, at(2));
    held_advance(h, ready, HELD_READY, at(1));
    const size_t order[] = { silent, young, old_named, named, ready };
    for (unsigned i = 0; i < 5; i++) {
        size_t victim = held_victim(h);
        assert_int_equal(victim, order[i]);
        held_remove(h, victim);
        /* Another network's keep the table full; they are alone there. */
        (void)add(h, v4(20 + i, 0, 0, 1), 5);
        if (i == 3)
            break; /* with one left it is as alone as the others */
    }
    held_free(h);
}

static void a_flood_evicts_itself(void **state)
{
    (void)state;
    enum { CAPACITY = 4096, FRIENDS = 100 };
    struct held *h = of_size(CAPACITY);
    size_t friends[FRIENDS];
    for (unsigned i = 0; i < FRIENDS; i++)
        friends[i] = add(h, v4(100, i, 1, 1), 0);
    for (unsigned i = 0; i < 20000; i++) {
        if (held_is_full(h)) {
            size_t victim = held_victim(h);
            for (size_t j = 0; j < FRIENDS; j++)
                assert_int_not_equal(victim, friends[j]);
            held_remove(h, victim);
        }
        (void)add(h, v4(10, i % 40, i / 40 % 200, i % 250), i);
    }
    held_free(h);
}

/* Against a plain count, in an order that only looks random. */
static void slots_are_used_again_and_queues_stay_whole(void **state)
{
    (void)state;
    enum { CAPACITY = 30 };
    struct held *h = of_size(CAPACITY);
    bool is_used[CAPACITY] = { false };
    size_t count = 0, number;
    for (unsigned step = 0, dice = 1; step < 20000; step++, dice = dice * 1103515245u + 12345u) {
        size_t slot = dice / 7 % CAPACITY;
        if (is_used[slot] && dice / 65536 % 3 == 0) {
            held_remove(h, slot);
            is_used[slot] = false;
            count--;
        } else if (is_used[slot] && held_stage(h, slot) < HELD_READY) {
            held_advance(h, slot, held_stage(h, slot) + 1, at(step));
        } else if (count < CAPACITY) {
            number = add(h, v4(10, dice / 65536 % 4, 0, 1), step);
            assert_false(is_used[number]);
            is_used[number] = true;
            count++;
        }
        assert_int_equal(held_is_full(h), count == CAPACITY);
    }
    for (enum held_stage stage = HELD_SILENT; stage <= HELD_READY; stage++)
        while (held_first(h, stage, &number)) {
            assert_int_equal(held_stage(h, number), stage);
            held_remove(h, number);
            count--;
        }
    assert_int_equal(count, 0);
    held_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_says_nothing_goes_after_its_time),
        cmocka_unit_test(who_said_its_name_has_its_own_time),
        cmocka_unit_test(who_is_ready_waits_in_order_and_without_a_deadline),
        cmocka_unit_test(the_most_crowded_network_goes_first),
        cmocka_unit_test(ipv6_is_crowded_by_48_64_and_128),
        cmocka_unit_test(of_one_address_who_said_least_and_waited_longest_goes),
        cmocka_unit_test(a_flood_evicts_itself),
        cmocka_unit_test(slots_are_used_again_and_queues_stay_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
