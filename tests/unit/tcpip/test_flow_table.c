/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/flow_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct siphash_key key = { { 1, 2 } };

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
        assert_int_equal(flow_table_find(&t, hashes[i]), FLOW_TABLE_NONE);
        flow_table_put(&t, hashes[i], i);
    }
    for (uint32_t i = 0; i < COUNT; i += 2)
        flow_table_remove(&t, hashes[i]);
    for (uint32_t i = 0; i < COUNT; i++)
        assert_int_equal(flow_table_find(&t, hashes[i]), i % 2 ? i : FLOW_TABLE_NONE);
    flow_table_put(&t, hashes[1], 7);
    assert_int_equal(flow_table_find(&t, hashes[1]), 7);
    flow_table_wipe(&t);
}

static void removing_keeps_those_that_were_pushed_on(void **unused)
{
    (void)unused;
    struct flow_table t;
    assert_true(flow_table_init(&t, 8, &key));
    /* All want the last slot, or the first: the run goes over the end of the table. */
    static const uint64_t hashes[] = { 0x0f, 0x1f, 0x10, 0x2f, 0x20, 0x3f };
    for (uint32_t removed = 0; removed < 6; removed++) {
        for (uint32_t i = 0; i < 6; i++)
            flow_table_put(&t, hashes[i], i);
        flow_table_remove(&t, hashes[removed]);
        for (uint32_t i = 0; i < 6; i++)
            assert_int_equal(flow_table_find(&t, hashes[i]), i == removed ? FLOW_TABLE_NONE : i);
    }
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
        cmocka_unit_test(both_ends_and_both_ports_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
