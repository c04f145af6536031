/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/descendants.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Starts the script; what it prints first is read. */
static pid_t start(const char *script, char *line, size_t max)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        (void)execl("/bin/sh", "sh", "-c", script, (char *)NULL);
        _exit(127);
    }
    (void)close(ends[1]);
    FILE *out = fdopen(ends[0], "r");
    assert_non_null(out);
    assert_non_null(fgets(line, (int)max, out));
    (void)fclose(out);
    return child;
}

static bool is_there(pid_t id)
{
    return kill(id, 0) == 0;
}

static void assert_childless(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void whatever_comes_of_us_ends(void **state)
{
    (void)state;
    static const char *const scripts[] = {
        "echo $$; exec sleep 1000",
        "setsid sh -c 'echo $$; exec sleep 1000' & wait",
        "(setsid sh -c 'setsid sh -c \"echo \\$\\$; exec sleep 1000\" & wait' &)", /* an orphan's */
        "trap '' TERM; echo $$; while :; do sleep 1000; done",
    };
    for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
        char line[32];
        descendants_adopt(NULL);
        (void)start(scripts[i], line, sizeof(line));
        pid_t last = (pid_t)atoi(line);
        assert_true(is_there(last));
        descendants_end(NULL);
        assert_false(is_there(last));
        assert_childless();
        descendants_release();
    }
}

static void one_that_is_stopped_ends(void **state)
{
    (void)state;
    int status;
    char line[32];
    pid_t child = start("echo; exec sleep 1000", line, sizeof(line));
    assert_int_equal(kill(child, SIGSTOP), 0);
    assert_int_equal(waitpid(child, &status, WUNTRACED), child);
    descendants_end(NULL);
    assert_childless();
}

static void a_program_that_is_ended_may_do_something(void **state)
{
    (void)state;
    int ends[2];
    char line[32], script[128], word[8] = "";
    assert_int_equal(pipe(ends), 0);
    (void)snprintf(script, sizeof(script),
                   "trap 'echo bye >&%d; exit' TERM; echo in; while :; do sleep 0.01; done",
                   ends[1]);
    (void)start(script, line, sizeof(line));
    (void)close(ends[1]);
    descendants_end(NULL);
    assert_int_equal(read(ends[0], word, sizeof(word)), 4); /* once */
    assert_memory_equal(word, "bye\n", 4);
    (void)close(ends[0]);
    assert_childless();
}

static void those_that_were_there_before_stay(void **state)
{
    (void)state;
    char line[32];
    struct descendants others;
    pid_t before = start("echo; exec sleep 1000", line, sizeof(line));
    descendants_adopt(&others);
    assert_int_equal(others.count, 1);
    pid_t after = start("echo; exec sleep 1000", line, sizeof(line));
    descendants_end(&others);
    assert_false(is_there(after));
    assert_int_equal(waitpid(before, NULL, WNOHANG), 0);
    descendants_end(NULL);
    assert_childless();
    descendants_release();
}

static void orphans_are_not_ours_after_the_release(void **state)
{
    (void)state;
    char line[32];
    descendants_adopt(NULL);
    descendants_release();
    pid_t child = start("setsid sh -c 'echo $$; exec sleep 1000' &", line, sizeof(line));
    assert_int_equal(waitpid(child, NULL, 0), child);
    descendants_end(NULL);
    assert_true(is_there((pid_t)atoi(line)));
    assert_int_equal(kill((pid_t)atoi(line), SIGKILL), 0);
}

static void more_than_are_read_at_once_all_end(void **state)
{
    (void)state;
    char line[32];
    descendants_adopt(NULL);
    (void)start("for i in $(seq 200); do setsid sleep 1000 & done; echo; wait", line, sizeof(line));
    descendants_end(NULL);
    assert_childless();
    descendants_release();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_comes_of_us_ends),
        cmocka_unit_test(one_that_is_stopped_ends),
        cmocka_unit_test(a_program_that_is_ended_may_do_something),
        cmocka_unit_test(those_that_were_there_before_stay),
        cmocka_unit_test(orphans_are_not_ours_after_the_release),
        cmocka_unit_test(more_than_are_read_at_once_all_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
