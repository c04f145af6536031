/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/root_directory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void expect_refused(const char *path, enum err err, const char *sentence)
{
    scoped(buf) problem = BUF_EMPTY(9000);
    assert_int_equal(root_directory_enter(path, &problem), err);
    if (!strstr(buf_text(&problem), sentence))
        fail_msg("%s: %s", path, buf_text(&problem));
}

static void what_others_can_change_is_refused(void **state)
{
    (void)state;
    char folder[] = "/tmp/glassh-root-XXXXXX";
    assert_non_null(mkdtemp(folder));
    expect_refused(folder, ERR_UNTRUSTED,
                   "bad ownership or modes for chroot directory component \"/tmp/\"");
    expect_refused("/tmp", ERR_UNTRUSTED, "bad ownership or modes for chroot directory \"/tmp\"");
    expect_refused("/usr/../tmp", ERR_UNTRUSTED, "\"/tmp\"");
    char link[64];
    (void)snprintf(link, sizeof(link), "%s/link", folder);
    assert_int_equal(symlink("/tmp", link), 0);
    expect_refused(link, ERR_UNTRUSTED, "chroot directory \"/tmp\"");
    (void)unlink(link);
    (void)rmdir(folder);
}

static void what_is_no_directory_is_refused(void **state)
{
    (void)state;
    expect_refused("/etc/passwd", ERR_BAD_VALUE, "not a directory");
    expect_refused("/no/such", ERR_SYSTEM, "No such file");
    expect_refused("usr", ERR_BAD_VALUE, "does not begin at root");
    expect_refused("", ERR_BAD_VALUE, "does not begin at root");
}

static void roots_own_is_entered_by_root_alone(void **state)
{
    (void)state;
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        struct buf problem = BUF_EMPTY(9000);
        char where[64] = "";
        enum err err = root_directory_enter("/usr", &problem);
        bool is_inside = getcwd(where, sizeof(where)) && strcmp(where, "/") == 0 &&
                         access("/bin/env", X_OK) == 0 && access("/usr/bin", F_OK) != 0;
        if (geteuid() != 0)
            _exit(err == ERR_SYSTEM && strstr(buf_text(&problem), "not permitted") ? 0 : 1);
        _exit(err == OK && is_inside ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_others_can_change_is_refused),
        cmocka_unit_test(what_is_no_directory_is_refused),
        cmocka_unit_test(roots_own_is_entered_by_root_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
