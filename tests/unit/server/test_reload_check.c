/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/listener/reload_check.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/glassh-reload-XXXXXX";
static char program[64];
static char why[RELOAD_CHECK_WHY_MAX + 1];

static void write_program(const char *script)
{
    FILE *file = fopen(program, "w");
    assert_non_null(file);
    assert_true(fprintf(file, "#!/bin/sh\n%s\n", script) > 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(program, 0700), 0);
}

static char *argv[] = { (char[]){ "server" }, (char[]){ "-f" }, (char[]){ "my file" }, NULL };

static bool take_why(struct reload_check *check, bool result)
{
    assert_true(bytes_to_text(buf_bytes(&check->why), why, sizeof(why)));
    assert_int_equal(check->process.id, 0);
    assert_int_equal(check->words_fd, -1);
    reload_check_forget(check);
    return result;
}

static bool passes(const char *script)
{
    struct reload_check check = RELOAD_CHECK_NONE;
    int status;
    if (script)
        write_program(script);
    if (reload_check_start(&check, program, argv, 0) != OK)
        return take_why(&check, false);
    while (waitpid(check.process.id, &status, WNOHANG) == 0) {
        struct pollfd polled = { .fd = check.words_fd, .events = POLLIN };
        (void)poll(&polled, 1, 10);
        reload_check_hear(&check);
    }
    return take_why(&check, reload_check_passes(&check, status));
}

static void who_would_start_passes(void **state)
{
    (void)state;
    assert_true(passes("echo a warning >&2; exit 0"));
}

static void who_would_not_says_why(void **state)
{
    (void)state;
    assert_false(passes("echo a.conf: line 2: wrong >&2; echo more >&2; echo no >&1; exit 255"));
    assert_string_equal(why, "a.conf: line 2: wrong; more");
    assert_false(passes("printf 'no newline' >&2; exit 1"));
    assert_string_equal(why, "no newline");
}

static void who_says_nothing_is_spoken_for(void **state)
{
    (void)state;
    assert_false(passes("exit 1"));
    assert_string_equal(why, "the check failed and did not say why");
    assert_false(passes("kill -KILL $$"));
    assert_string_equal(why, "the check was ended by a signal");
}

static void who_says_a_lot_does_not_wait(void **state)
{
    (void)state;
    assert_true(passes("head -c 300000 /dev/zero | tr '\\0' x >&2"));
    assert_false(passes("head -c 300000 /dev/zero | tr '\\0' x >&2; exit 1"));
    assert_int_equal(strspn(why, "x"), RELOAD_CHECK_WHY_MAX);
}

static void the_arguments_are_the_same_behind_those_of_a_test(void **state)
{
    (void)state;
    assert_false(passes("echo \"$#:$1 $2 $3 $4 $5:\" >&2; exit 1"));
    assert_string_equal(why, "5:-t -o LogFormat=text -f my file:");
}

static void it_is_in_the_same_folder_and_environment(void **state)
{
    (void)state;
    char before[4096];
    assert_non_null(getcwd(before, sizeof(before)));
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(setenv("RELOAD_TEST", "x", 1), 0);
    assert_false(passes("echo \"$RELOAD_TEST $PWD\" >&2; exit 1"));
    assert_int_equal(chdir(before), 0);
    assert_int_equal(strncmp(why, "x ", 2), 0);
    assert_string_equal(why + 2, folder);
}

static void a_program_that_is_not_there_does_not_pass(void **state)
{
    (void)state;
    assert_int_equal(unlink(program), 0);
    assert_false(passes(NULL));
    assert_string_equal(why, "No such file or directory");
}

static void it_has_ten_seconds(void **state)
{
    (void)state;
    struct reload_check check = RELOAD_CHECK_NONE;
    int status;
    assert_int_equal(reload_check_left_ms(&check, 0), -1);
    write_program("exec sleep 1000");
    assert_int_equal(reload_check_start(&check, program, argv, 5000), OK);
    assert_int_equal(reload_check_left_ms(&check, 5000), 10000);
    assert_int_equal(reload_check_left_ms(&check, 14999), 1);
    assert_int_equal(reload_check_left_ms(&check, 15000), 0);
    pid_t id = check.process.id;
    reload_check_give_up(&check);
    assert_int_equal(waitpid(id, &status, 0), id);
    assert_true(WIFSIGNALED(status));
    assert_false(take_why(&check, false));
    assert_string_equal(why, "the check takes too long");
    assert_int_equal(reload_check_left_ms(&check, 5000), -1);
}

static void a_new_one_ends_the_one_before(void **state)
{
    (void)state;
    struct reload_check check = RELOAD_CHECK_NONE;
    int status;
    write_program("echo first >&2; exec sleep 1000");
    assert_int_equal(reload_check_start(&check, program, argv, 0), OK);
    pid_t first = check.process.id;
    assert_int_equal(poll(&(struct pollfd){ .fd = check.words_fd, .events = POLLIN }, 1, -1), 1);
    reload_check_hear(&check);
    assert_true(buf_len(&check.why) > 0);

    write_program("echo second >&2; exit 1");
    assert_int_equal(reload_check_start(&check, program, argv, 0), OK);
    assert_int_equal(waitpid(first, &status, 0), first);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(waitpid(check.process.id, &status, 0), check.process.id);
    assert_false(take_why(&check, reload_check_passes(&check, status)));
    assert_string_equal(why, "second");
}

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(program, sizeof(program), "%s/program", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    (void)unlink(program);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_would_start_passes),
        cmocka_unit_test(who_would_not_says_why),
        cmocka_unit_test(who_says_nothing_is_spoken_for),
        cmocka_unit_test(who_says_a_lot_does_not_wait),
        cmocka_unit_test(the_arguments_are_the_same_behind_those_of_a_test),
        cmocka_unit_test(it_is_in_the_same_folder_and_environment),
        cmocka_unit_test(it_has_ten_seconds),
        cmocka_unit_test(a_new_one_ends_the_one_before),
        cmocka_unit_test(a_program_that_is_not_there_does_not_pass),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
