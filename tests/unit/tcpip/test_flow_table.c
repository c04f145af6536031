/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/flow_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct siphash_key key = { { 1, 2 } };

/* The first that may be it, and FLOW_TABLE_NONE if there is none. */
static uint32_t find(const struct flow_table *t, uint64_t hash)
{
    struct flow_table_search search = flow_table_search(t, hash);
    return flow_table_next(t, &search);
}

static void what_is_put_is_found_until_it_is_removed(void **unused)
{
    (void)unused;
    enum { COUNT = 1000 };
    struct flow_table t;
    assert_true(flow_table_init(&t, COUNT, &key));
    struct ip_endpoint local = { { .version = 4, .octets = { 10, 0, 0, 1 } }, 22 }, remote = local;
    uint64_t hashes[COUNT];
    for (uint32_t i = 0; i < COUNT; i++) {
        remote.port = (uint16_t)(i + 1);
        hashes[i] = flow_table_hash(&t, &local, &remote);
        assert_int_equal(find(&t, hashes[i]), FLOW_TABLE_NONE);
        flow_table_put(&t, hashes[i], i);
    }
    for (uint32_t i = 0; i < COUNT; i += 2)
        flow_table_remove(&t, hashes[i], i);
    for (uint32_t i = 0; i < COUNT; i++)
        assert_int_equal(find(&t, hashes[i]), i % 2 ? i : FLOW_TABLE_NONE);
    flow_table_replace(&t, hashes[1], 1, 7000);
    assert_int_equal(find(&t, hashes[1]), 7000);
    flow_table_wipe(&t);
}

static void removing_keeps_those_that_were_pushed_on(void **unused)
{
    (void)unused;
    struct flow_table t;
    assert_true(flow_table_init(&t, 8, &key));
    /* All want the last slot, or the first: the run goes over the end of the table. */
    static const uint64_t hashes[] = {
        0xffffff0full << 32, 0xffffff1full << 32, 0x10ull << 32,
        0xffffff2full << 32, 0x20ull << 32,       0xffffff3full << 32
    };
    for (uint32_t removed = 0; removed < 6; removed++) {
        for (uint32_t i = 0; i < 6; i++)
            flow_table_put(&t, hashes[i], i);
        flow_table_remove(&t, hashes[removed], removed);
        for (uint32_t i = 0; i < 6; i++)
            assert_int_equal(find(&t, hashes[i]), i == removed ? FLOW_TABLE_NONE : i);
        for (uint32_t i = 0; i < 6; i++) {
            if (i != removed)
                flow_table_remove(&t, hashes[i], i);
        }
    }
    flow_table_wipe(&t);
}

/* Their owner tells them apart. */
static void those_with_the_same_half_are_all_found(void **unused)
{
    (void)unused;
    enum { SAME = 5, MAX = 9 };
    struct flow_table t;
    assert_true(flow_table_init(&t, MAX, &key));
    const uint64_t hash = 0xfffffffeull << 32;
    for (uint32_t i = 0; i < SAME; i++) {
        flow_table_put(&t, hash | i, i);
        if (i < MAX - SAME)
            flow_table_put(&t, (0xfffffff0ull + i) << 32, 100 + i);
    }
    flow_table_remove(&t, hash | 2, 2);
    flow_table_replace(&t, hash | 3, 3, 30);
    unsigned found = 0, others = 0;
    struct flow_table_search search = flow_table_search(&t, hash);
    for (uint32_t value; (value = flow_table_next(&t, &search)) != FLOW_TABLE_NONE;) {
        found += value == 0 || value == 1 || value == 4 || value == 30;
        others += value == 2 || value == 3 || value >= 100;
    }
    assert_int_equal(found, 4);
    assert_int_equal(others, 0);
    flow_table_wipe(&t);
}

static void an_entry_is_small(void **unused)
{
    (void)unused;
    enum { MAX = 3000 };
    struct flow_table t;
    assert_true(flow_table_init(&t, MAX, &key));
    assert_true((t.count - 1) * sizeof(*t.slots) <= MAX * FLOW_TABLE_OCTETS);
    assert_true(FLOW_TABLE_OCTETS <= 11);
    flow_table_wipe(&t);
}

static void both_ends_and_both_ports_count(void **unused)
{
    (void)unused;
    struct flow_table t;
    assert_true(flow_table_init(&t, 8, &key));
    struct ip_endpoint a = { { .version = 4, .octets = { 10, 0, 0, 1 } }, 22 };
    struct ip_endpoint b = { { .version = 4, .octets = { 10, 0, 0, 2 } }, 23 };
    struct ip_endpoint c = b;
    c.port = 24;
    assert_true(flow_table_hash(&t, &a, &b) != flow_table_hash(&t, &b, &a));
    assert_true(flow_table_hash(&t, &a, &b) != flow_table_hash(&t, &a, &c));
    assert_true(flow_table_hash(&t, &b, &a) != flow_table_hash(&t, &c, &a));
    flow_table_wipe(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_is_found_until_it_is_removed),
        cmocka_unit_test(removing_keeps_those_that_were_pushed_on),
        cmocka_unit_test(those_with_the_same_half_are_all_found),
        cmocka_unit_test(an_entry_is_small),
        cmocka_unit_test(both_ends_and_both_ports_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
