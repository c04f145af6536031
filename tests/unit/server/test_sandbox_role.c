/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/inspection/sandbox_role.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static bool has(enum sandbox_role_id id, const char *library)
{
    return sandbox_role_has_library(sandbox_role_of(id), library);
}

static void each_process_has_the_c_library(void **state)
{
    (void)state;
    for (int id = 0; id < SANDBOX_ROLE_COUNT; id++) {
        assert_true(has((enum sandbox_role_id)id, "libc.so.6"));
        assert_true(has((enum sandbox_role_id)id, "ld-linux-x86-64.so.2"));
    }
}

static void what_a_program_does_not_link_it_does_not_have(void **state)
{
    (void)state;
    assert_true(has(SANDBOX_ROLE_WORKER, "libcrypto.so.3"));
    assert_false(has(SANDBOX_ROLE_MONITOR, "libcrypto.so.3"));
    assert_false(has(SANDBOX_ROLE_PORCH, "libcrypto.so.3"));
    assert_false(has(SANDBOX_ROLE_KEYD, "libz.so.1.2.13"));
    for (int id = 0; id < SANDBOX_ROLE_COUNT; id++)
        if (id != SANDBOX_ROLE_PAM)
            assert_false(has((enum sandbox_role_id)id, "libresolv.so.2"));
}

static void a_name_counts_as_a_whole(void **state)
{
    (void)state;
    static const char *const others[] = { "libcryptox.so.3",    "lib.so",       ".so.6",     "",
                                          "libuv libcrypto.so", "liblibc.so.6", "libc2.so.6" };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_false(has(SANDBOX_ROLE_WORKER, others[i]));
}

static void modules_for_accounts_are_where_accounts_are_looked_for(void **state)
{
    (void)state;
    assert_true(has(SANDBOX_ROLE_MONITOR, "libnss_sss.so.2"));
    assert_true(has(SANDBOX_ROLE_MONITOR, "libcap.so.2.66"));
    assert_false(has(SANDBOX_ROLE_WORKER, "libnss_sss.so.2"));
    assert_false(has(SANDBOX_ROLE_KEYD, "libcap.so.2.66"));
    assert_true(has(SANDBOX_ROLE_PAM, "libanything.so.1"));
}

static void a_list_of_calls_is_of_those_that_are_locked_in(void **state)
{
    (void)state;
    for (int id = 0; id < SANDBOX_ROLE_COUNT; id++) {
        const struct sandbox_role *role = sandbox_role_of((enum sandbox_role_id)id);
        bool may_have = role->kind == SANDBOX_ROLE_LOCKED_IN && id != SANDBOX_ROLE_NURSERY;
        assert_int_equal(role->calls != NULL, may_have);
        assert_true(!role->is_dumpable || role->kind == SANDBOX_ROLE_OURS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_process_has_the_c_library),
        cmocka_unit_test(what_a_program_does_not_link_it_does_not_have),
        cmocka_unit_test(a_name_counts_as_a_whole),
        cmocka_unit_test(modules_for_accounts_are_where_accounts_are_looked_for),
        cmocka_unit_test(a_list_of_calls_is_of_those_that_are_locked_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
