/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/authorize/key_file.h"

#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char root[] = "/tmp/test_key_file.XXXXXX";
static char home[64], directory[80], file[96];
static struct account account;

static int make_home(void **state)
{
    (void)state;
    if (!mkdtemp(root))
        return -1;
    (void)snprintf(home, sizeof(home), "%s/home", root);
    (void)snprintf(directory, sizeof(directory), "%s/.ssh", home);
    (void)snprintf(file, sizeof(file), "%s/keys", directory);
    account = (struct account){ .uid = geteuid(), .name = (char[]){ "ann" }, .home = home };
    if (mkdir(home, 0755) != 0 || mkdir(directory, 0700) != 0)
        return -1;
    int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    return fd < 0 || write(fd, "keys\n", 5) != 5 || close(fd) != 0 ? -1 : 0;
}

static int remove_home(void **state)
{
    (void)state;
    return unlink(file) | rmdir(directory) | rmdir(home) | rmdir(root);
}

static enum err read_file(bool strict, const char *culprit)
{
    scoped(buf) content = BUF_EMPTY(100);
    scoped(buf) found = BUF_EMPTY(PATH_MAX);
    enum err err = key_file_read(file, &account, strict, &content, &found);
    if (err == OK)
        assert_string_equal(buf_text(&content), "keys\n");
    assert_string_equal(buf_text(&found), culprit);
    return err;
}

static void a_file_that_only_its_owner_can_write_is_read(void **state)
{
    (void)state;
    assert_int_equal(read_file(true, ""), OK);
}

static void what_others_can_write_is_refused_if_strict(void **state)
{
    (void)state;
    char *const places[] = { file, directory, home };
    for (size_t i = 0; i < 3; i++) {
        struct stat before;
        assert_int_equal(stat(places[i], &before), 0);
        assert_int_equal(chmod(places[i], before.st_mode | S_IWGRP), 0);
        assert_int_equal(read_file(true, places[i]), ERR_UNTRUSTED);
        assert_int_equal(read_file(false, ""), OK);
        assert_int_equal(chmod(places[i], before.st_mode), 0);
    }
}

static void what_is_above_the_home_does_not_matter(void **state)
{
    (void)state;
    assert_int_equal(chmod(root, 0777), 0);
    assert_int_equal(read_file(true, ""), OK);
    assert_int_equal(chmod(root, 0700), 0);
}

static void another_owner_is_refused(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    assert_int_equal(chown(file, 4711, (gid_t)-1), 0);
    assert_int_equal(read_file(true, file), ERR_UNTRUSTED);
    assert_int_equal(chown(file, 0, (gid_t)-1), 0);
}

static void only_regular_files_are_read(void **state)
{
    (void)state;
    scoped(buf) content = BUF_EMPTY(100);
    scoped(buf) culprit = BUF_EMPTY(PATH_MAX);
    assert_int_equal(key_file_read("/dev/zero", &account, false, &content, &culprit), ERR_SYSTEM);
    assert_int_equal(key_file_read(directory, &account, false, &content, &culprit), ERR_SYSTEM);
}

static void expect_path(const char *pattern, const char *path)
{
    scoped(buf) out = BUF_EMPTY(PATH_MAX);
    const struct account ann = { .uid = 7,
                                 .name = (char[]){ "ann" },
                                 .home = (char[]){ "/home/ann" } };
    assert_int_equal(key_file_expand(pattern, &ann, &out), path ? OK : ERR_BAD_VALUE);
    if (path)
        assert_string_equal(buf_text(&out), path);
}

static void tokens_are_expanded_and_relative_paths_are_under_the_home(void **state)
{
    (void)state;
    expect_path(".ssh/authorized_keys", "/home/ann/.ssh/authorized_keys");
    expect_path("%h/.keys", "/home/ann/.keys");
    expect_path("/etc/keys/%u-%U%%", "/etc/keys/ann-7%");
    expect_path("/etc/%x", NULL);
    expect_path("/etc/%", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_only_its_owner_can_write_is_read),
        cmocka_unit_test(what_others_can_write_is_refused_if_strict),
        cmocka_unit_test(what_is_above_the_home_does_not_matter),
        cmocka_unit_test(another_owner_is_refused),
        cmocka_unit_test(only_regular_files_are_read),
        cmocka_unit_test(tokens_are_expanded_and_relative_paths_are_under_the_home),
    };
    return cmocka_run_group_tests(tests, make_home, remove_home);
}
