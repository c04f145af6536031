/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/sandbox_setup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

static void whom_to_become_goes_and_comes_back_as_arguments(void **state)
{
    (void)state;
    char room[2][SANDBOX_SETUP_NUMBER], *arguments[SANDBOX_SETUP_ARGUMENTS];
    const struct sandbox_setup setups[] = { { 65534, 4294967294U, "/run/empty" }, { 0, 0, NULL } };
    for (size_t i = 0; i < 2; i++) {
        sandbox_setup_write(&setups[i], room, arguments);
        struct sandbox_setup read = sandbox_setup_read(arguments);
        assert_int_equal(read.uid, setups[i].uid);
        assert_int_equal(read.gid, setups[i].gid);
        assert_string_equal(read.empty_directory, i == 0 ? "/run/empty" : "/");
    }
}

static void an_own_user_is_for_root_and_never_root(void **state)
{
    (void)state;
    const struct sandbox_setup usual = { 7, 8, "/run/empty" };
    struct sandbox_setup own = sandbox_setup_as(&usual, "nobody");
    assert_int_equal(own.uid, geteuid() == 0 ? 65534 : 7);
    assert_string_equal(own.empty_directory, "/run/empty");
    assert_int_equal(sandbox_setup_as(&usual, "root").uid, 7);
    assert_int_equal(sandbox_setup_as(&usual, "no-such-user-here").gid, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whom_to_become_goes_and_comes_back_as_arguments),
        cmocka_unit_test(an_own_user_is_for_root_and_never_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
