/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/common/config_files.h"

#include "os/file.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/test_config_files.XXXXXX";
static const char *const names[] = { "10-b.conf", "20-a.conf", "other" };

static void path_of(const char *name, char path[PATH_MAX])
{
    (void)snprintf(path, PATH_MAX, "%s/%s", folder, name);
}

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    for (size_t i = 0; i < 3; i++) {
        char path[PATH_MAX];
        path_of(names[i], path);
        if (file_write(path, bytes_text(names[i]), 0600) != OK)
            return -1;
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        char path[PATH_MAX];
        path_of(names[i], path);
        (void)unlink(path);
    }
    return rmdir(folder);
}

/* The contents of the files that the pattern names, each ended by a blank. */
static void assert_reads(const char *pattern, const char *wanted)
{
    struct config_files files = { .home = folder, .folder = folder };
    const struct config_source source = config_files_source(&files);
    scoped(buf) all = BUF_EMPTY(1000);
    for (size_t i = 0;; i++) {
        scoped(buf) name = BUF_EMPTY(PATH_MAX);
        scoped(buf) content = BUF_EMPTY(1000);
        enum config_source_result result = source.read(source.context, pattern, i, &name, &content);
        if (result != CONFIG_SOURCE_FILE)
            break;
        assert_int_equal(buf_append(&all, buf_bytes(&content)), OK);
        assert_int_equal(buf_append_text(&all, " "), OK);
    }
    assert_string_equal(buf_text(&all), wanted);
}

static void files_come_in_the_order_of_their_names(void **state)
{
    (void)state;
    assert_reads("*.conf", "10-b.conf 20-a.conf ");
    assert_reads("*", "10-b.conf 20-a.conf other ");
    assert_reads("?0-*", "10-b.conf 20-a.conf ");
}

static void names_are_absolute_at_home_or_in_the_folder(void **state)
{
    (void)state;
    char path[PATH_MAX];
    path_of("other", path);
    assert_reads(path, "other ");
    assert_reads("~/other", "other ");
    assert_reads("other", "other ");
}

static void what_is_not_there_is_nothing(void **state)
{
    (void)state;
    assert_reads("nowhere", "");
    assert_reads("no*where", "");
}

static void a_folder_reads_as_an_empty_file(void **state)
{
    (void)state;
    assert_reads("", " ");
}

static void a_file_that_is_too_large_has_failed(void **state)
{
    (void)state;
    struct config_files files = { .folder = folder };
    const struct config_source source = config_files_source(&files);
    scoped(buf) name = BUF_EMPTY(PATH_MAX);
    scoped(buf) content = BUF_EMPTY(3);
    assert_int_equal(source.read(source.context, "other", 0, &name, &content),
                     CONFIG_SOURCE_FAILED);
    assert_non_null(strstr(buf_text(&name), "/other: "));
}

static enum config_source_result read_other(bool is_checked)
{
    struct config_files files = { .folder = folder, .is_checked = is_checked };
    const struct config_source source = config_files_source(&files);
    scoped(buf) name = BUF_EMPTY(PATH_MAX);
    scoped(buf) content = BUF_EMPTY(1000);
    enum config_source_result result = source.read(source.context, "other", 0, &name, &content);
    assert_true(bytes_ends(buf_bytes(&name), "/other"));
    return result;
}

static void a_file_that_others_may_write_is_read_only_unchecked(void **state)
{
    (void)state;
    static const struct {
        mode_t mode;
        enum config_source_result checked;
    } cases[] = {
        { 0600, CONFIG_SOURCE_FILE },   { 0644, CONFIG_SOURCE_FILE },
        { 0755, CONFIG_SOURCE_FILE },   { 0620, CONFIG_SOURCE_UNSAFE },
        { 0602, CONFIG_SOURCE_UNSAFE }, { 0666, CONFIG_SOURCE_UNSAFE },
    };
    char path[PATH_MAX];
    path_of("other", path);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(chmod(path, cases[i].mode), 0);
        assert_int_equal(read_other(true), cases[i].checked);
        assert_int_equal(read_other(false), CONFIG_SOURCE_FILE);
    }
    assert_int_equal(chmod(path, 0600), 0);
}

static void only_files_of_root_and_the_user_are_trusted(void **state)
{
    (void)state;
    assert_true(config_files_trust(&(struct stat){ .st_uid = 0, .st_mode = 0644 }));
    assert_true(config_files_trust(&(struct stat){ .st_uid = getuid(), .st_mode = 0600 }));
    assert_false(config_files_trust(&(struct stat){ .st_uid = getuid() + 1, .st_mode = 0600 }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_come_in_the_order_of_their_names),
        cmocka_unit_test(names_are_absolute_at_home_or_in_the_folder),
        cmocka_unit_test(what_is_not_there_is_nothing),
        cmocka_unit_test(a_folder_reads_as_an_empty_file),
        cmocka_unit_test(a_file_that_is_too_large_has_failed),
        cmocka_unit_test(a_file_that_others_may_write_is_read_only_unchecked),
        cmocka_unit_test(only_files_of_root_and_the_user_are_trusted),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
