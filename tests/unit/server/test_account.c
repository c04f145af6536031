/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/common/account.h"

#include "base/buf.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void root_is_found_by_name(void **state)
{
    (void)state;
    struct account account;
    assert_int_equal(account_find(BYTES_LITERAL("root"), &account), OK);
    assert_int_equal(account.uid, 0);
    assert_string_equal(account.name, "root");
    assert_string_equal(account.home, "/root");
    assert_int_equal(account.shell[0], '/');
    account_wipe(&account);
    assert_null(account.name);
}

static void what_is_no_name_is_not_found(void **state)
{
    (void)state;
    static const struct bytes names[] = {
        BYTES_LITERAL(""),
        BYTES_LITERAL("ro\0ot"),
        BYTES_LITERAL("root\n"),
        BYTES_LITERAL("root:x"),
        BYTES_LITERAL("../root"),
        BYTES_LITERAL("-root"),
        BYTES_LITERAL("no such user"),
        BYTES_LITERAL("ROOT"),
    };
    struct account account;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_int_equal(account_find(names[i], &account), ERR_SYSTEM);
}

static void a_copy_lives_on_its_own(void **state)
{
    (void)state;
    struct account account, copy;
    assert_int_equal(account_of_self(&account), OK);
    assert_int_equal(account.uid, geteuid());
    account_copy(&account, &copy);
    account_wipe(&account);
    assert_int_equal(copy.uid, geteuid());
    assert_true(copy.name[0] && copy.home[0] && copy.shell[0]);
    account_wipe(&copy);
}

/* How a child ends that becomes the account and looks around. */
static int become_in_a_child(const char *name)
{
    pid_t child = fork();
    if (child == 0) {
        struct account account;
        if (account_find(bytes_text(name), &account) != OK)
            _exit(10);
        if (account_become(&account) != OK)
            _exit(11);
        bool is_done = getuid() == account.uid && geteuid() == account.uid &&
                       (account.uid == 0 || (setuid(0) != 0 && errno == EPERM));
        _exit(is_done ? 0 : 12);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WEXITSTATUS(status);
}

static void root_becomes_anybody_for_ever_and_others_only_themselves(void **state)
{
    (void)state;
    assert_int_equal(become_in_a_child("nobody"), geteuid() == 0 ? 0 : 11);
    assert_int_equal(become_in_a_child("root"), geteuid() == 0 ? 0 : 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(root_is_found_by_name),
        cmocka_unit_test(what_is_no_name_is_not_found),
        cmocka_unit_test(a_copy_lives_on_its_own),
        cmocka_unit_test(root_becomes_anybody_for_ever_and_others_only_themselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
