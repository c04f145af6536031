/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/rc.h"

#include "unit/server/homes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct home home;

/* Whether it is the user's own. */
static bool is_own(bool is_subsystem)
{
    struct rc rc;
    rc_init(&rc, &home.host, is_subsystem);
    return rc.argv[0] && strcmp(rc.argv[0], home.account.shell) == 0 &&
           strcmp(rc.argv[1], "-c") == 0 && strcmp(rc.argv[2], "/bin/sh .ssh/rc") == 0 &&
           !rc.argv[3];
}

static void the_users_runs_where_it_may(void **state)
{
    (void)state;
    home_make(&home);
    home.account.shell = (char[]){ "/bin/bash" };
    assert_false(is_own(false)); /* there is none */
    home_write(&home, ".ssh/rc", "");
    assert_true(is_own(false));
    assert_false(is_own(true));

    home.policy.command = "the key's";
    assert_true(is_own(false));
    home.options.force_command = "the server's";
    assert_false(is_own(false));
    home.options.force_command = NULL;

    home.policy.features &= ~(unsigned)POLICY_USER_RC;
    assert_false(is_own(false));
    home_remove(&home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_users_runs_where_it_may),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
