/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/common/groups.h"

#include <grp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void an_account_has_its_first_group(void **state)
{
    (void)state;
    struct account account;
    struct groups groups;
    assert_int_equal(account_find(BYTES_LITERAL("root"), &account), OK);
    groups_of(&account, &groups);
    assert_true(groups.count >= 1);
    assert_string_equal(groups.names[0], getgrgid(account.gid)->gr_name);
    groups_wipe(&groups);
    assert_int_equal(groups.count, 0);
    account_wipe(&account);
}

static void groups_without_a_name_are_left_out(void **state)
{
    (void)state;
    struct account account = { .gid = 4000000000U, .name = (char[]){ "no such user" } };
    struct groups groups;
    groups_of(&account, &groups);
    assert_int_equal(groups.count, 0);
    groups_wipe(&groups);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_account_has_its_first_group),
        cmocka_unit_test(groups_without_a_name_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
