/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/common/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void nothing_is_allowed_from_the_start(void **state)
{
    (void)state;
    const struct policy policy = { 0 };
    assert_false(policy_allows(&policy, POLICY_PTY));
    assert_false(policy_allows(&policy, POLICY_SIGNAL));
}

static void a_feature_needs_both_to_allow_it(void **state)
{
    (void)state;
    const struct policy all = { .features = POLICY_ALL };
    const struct policy pty = { .features = POLICY_PTY };
    struct policy both = policy_intersect(all, pty);
    assert_true(policy_allows(&both, POLICY_PTY));
    assert_false(policy_allows(&both, POLICY_SIGNAL));
    both = policy_intersect(both, (struct policy){ 0 });
    assert_false(policy_allows(&both, POLICY_PTY));
}

static void the_first_command_wins_and_takes_the_signals_away(void **state)
{
    (void)state;
    const struct policy server = { .features = POLICY_ALL, .command = "server's" };
    const struct policy key = { .features = POLICY_ALL, .command = "key's" };
    const struct policy none = { .features = POLICY_ALL };

    struct policy both = policy_intersect(server, key);
    assert_string_equal(both.command, "server's");
    assert_false(policy_allows(&both, POLICY_SIGNAL));
    both = policy_intersect(none, key);
    assert_string_equal(both.command, "key's");
    assert_false(policy_allows(&both, POLICY_SIGNAL));
    assert_true(policy_allows(&both, POLICY_PTY));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_allowed_from_the_start),
        cmocka_unit_test(a_feature_needs_both_to_allow_it),
        cmocka_unit_test(the_first_command_wins_and_takes_the_signals_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
