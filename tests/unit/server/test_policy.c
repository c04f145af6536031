/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/common/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const struct policy all = { .features = POLICY_ALL };

/* With lists: {count, {…}}. */
static struct policy opening(struct bytes first, struct bytes second, size_t count)
{
    struct policy policy = all;
    policy.permit_open = (struct policy_lists){ { first, second }, count };
    policy.permit_listen = policy.permit_open;
    return policy;
}

static void nothing_is_allowed_from_the_start(void **state)
{
    (void)state;
    const struct policy policy = { 0 };
    for (unsigned i = 0; i < POLICY_FEATURE_COUNT; i++)
        assert_false(policy_allows(&policy, 1U << i));
    assert_false(policy_may_open(&policy, BYTES_LITERAL("host"), 1));
    assert_false(policy_may_listen(&policy, BYTES_LITERAL("host"), 1));
}

static void a_feature_needs_both_to_allow_it(void **state)
{
    (void)state;
    for (unsigned i = 0; i < POLICY_FEATURE_COUNT; i++) {
        const struct policy one = { .features = 1U << i };
        assert_int_equal(policy_intersect(all, one).features, 1U << i);
        assert_int_equal(policy_intersect(one, all).features, 1U << i);
        assert_int_equal(policy_intersect(one, (struct policy){ 0 }).features, 0);
    }
}

static void the_first_command_wins_and_takes_the_signals_away(void **state)
{
    (void)state;
    const struct policy server = { .features = POLICY_ALL, .command = "server's" };
    const struct policy key = { .features = POLICY_ALL, .command = "key's" };

    struct policy both = policy_intersect(server, key);
    assert_string_equal(both.command, "server's");
    both = policy_intersect(all, key);
    assert_string_equal(both.command, "key's");
    assert_int_equal(both.features, POLICY_ALL & ~POLICY_SIGNAL);
}

static void each_list_must_have_what_is_asked_for(void **state)
{
    (void)state;
    struct policy server = opening(BYTES_LITERAL("a:1\0b:*\0"), BYTES_NONE, 1);
    struct policy key = opening(BYTES_LITERAL("b:2\0c:3\0"), BYTES_NONE, 1);
    struct policy both = policy_intersect(server, key);
    assert_true(policy_may_open(&both, BYTES_LITERAL("b"), 2));
    assert_true(policy_may_listen(&both, BYTES_LITERAL("b"), 2));
    assert_false(policy_may_open(&both, BYTES_LITERAL("b"), 3));
    assert_false(policy_may_open(&both, BYTES_LITERAL("a"), 1));
    assert_false(policy_may_open(&both, BYTES_LITERAL("c"), 3));
    both = policy_intersect(both, all);
    assert_true(policy_may_open(&both, BYTES_LITERAL("b"), 2));
    both = policy_intersect(both, opening(BYTES_NONE, BYTES_NONE, 1));
    assert_false(policy_may_open(&both, BYTES_LITERAL("b"), 2));
}

static void too_many_lists_allow_nothing(void **state)
{
    (void)state;
    struct policy two = opening(BYTES_LITERAL("a:1\0"), BYTES_LITERAL("a:1\0"), 2);
    struct policy four = policy_intersect(two, two);
    assert_true(policy_may_open(&four, BYTES_LITERAL("a"), 1));
    assert_int_equal(policy_intersect(four, two).features, 0);
}

static void different_devices_are_none(void **state)
{
    (void)state;
    struct policy one = { .features = POLICY_ALL, .tunnel = "1" };
    struct policy two = { .features = POLICY_ALL, .tunnel = "2" };
    assert_int_equal(policy_intersect(one, one).features, POLICY_ALL);
    assert_string_equal(policy_intersect(all, two).tunnel, "2");
    assert_int_equal(policy_intersect(one, two).features, POLICY_ALL & ~POLICY_TUNNEL);
}

static struct policy full(void)
{
    struct policy policy = opening(BYTES_LITERAL("a:1\0b:*\0"), BYTES_NONE, 2);
    policy.features = POLICY_PTY | POLICY_TUNNEL;
    policy.command = "";
    policy.environment = BYTES_LITERAL("A=1\0");
    policy.tunnel = "7";
    return policy;
}

static void the_record_says_it_all(void **state)
{
    (void)state;
    const struct policy policies[] = { full(), all, { 0 } };
    for (size_t i = 0; i < 3; i++) {
        scoped(buf) first = BUF_EMPTY(POLICY_TEXT_MAX);
        scoped(buf) second = BUF_EMPTY(POLICY_TEXT_MAX);
        struct policy read;
        assert_int_equal(policy_encode(&policies[i], &first), OK);
        assert_int_equal(policy_decode(buf_bytes(&first), &read), OK);
        assert_int_equal(policy_encode(&read, &second), OK);
        assert_true(bytes_equal(buf_bytes(&first), buf_bytes(&second)));
        assert_int_equal(read.features, policies[i].features);
        assert_int_equal(read.command != NULL, policies[i].command != NULL);
        assert_int_equal(read.permit_open.count, policies[i].permit_open.count);
    }
}

static void a_part_of_a_record_allows_nothing(void **state)
{
    (void)state;
    scoped(buf) record = BUF_EMPTY(POLICY_TEXT_MAX);
    const struct policy policy = full();
    struct policy read;
    assert_int_equal(policy_encode(&policy, &record), OK);
    for (size_t len = 0; len < buf_len(&record); len++) {
        assert_int_not_equal(policy_decode(bytes_slice(buf_bytes(&record), 0, len), &read), OK);
        assert_int_equal(read.features, 0);
    }
    assert_int_equal(buf_append_text(&record, "x"), OK);
    assert_int_not_equal(policy_decode(buf_bytes(&record), &read), OK);
}

/* Whatever octet is changed: it is refused, or it is another policy of the same form. */
static void a_changed_record_is_refused_or_reads_back(void **state)
{
    (void)state;
    scoped(buf) record = BUF_EMPTY(POLICY_TEXT_MAX);
    const struct policy policy = full();
    assert_int_equal(policy_encode(&policy, &record), OK);
    for (size_t at = 0; at < buf_len(&record); at++)
        for (unsigned change = 1; change < 256; change++) {
            scoped(buf) again = BUF_EMPTY(POLICY_TEXT_MAX);
            struct policy read;
            record.data[record.start + at] ^= (uint8_t)change;
            if (policy_decode(buf_bytes(&record), &read) == OK) {
                assert_int_equal(read.features & ~(unsigned)POLICY_ALL, 0);
                assert_int_equal(policy_encode(&read, &again), OK);
                assert_true(bytes_equal(buf_bytes(&record), buf_bytes(&again)));
            } else {
                assert_int_equal(read.features, 0);
            }
            record.data[record.start + at] ^= (uint8_t)change;
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_allowed_from_the_start),
        cmocka_unit_test(a_feature_needs_both_to_allow_it),
        cmocka_unit_test(the_first_command_wins_and_takes_the_signals_away),
        cmocka_unit_test(each_list_must_have_what_is_asked_for),
        cmocka_unit_test(too_many_lists_allow_nothing),
        cmocka_unit_test(different_devices_are_none),
        cmocka_unit_test(the_record_says_it_all),
        cmocka_unit_test(a_part_of_a_record_allows_nothing),
        cmocka_unit_test(a_changed_record_is_refused_or_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
