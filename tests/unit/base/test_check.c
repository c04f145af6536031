/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/check.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static jmp_buf escape;
static const char *told;

static void leave(const char *condition, const char *file, int line)
{
    assert_non_null(strstr(file, "test_check.c"));
    assert_true(line > 0);
    told = condition;
    longjmp(escape, 1);
}

static void the_observer_is_told_which_condition_failed(void **state)
{
    (void)state;
    volatile int one = 1;
    check_observe(leave);
    if (setjmp(escape) == 0) {
        CHECK(one == 1);
        CHECK(one == 2);
        fail_msg("a failed CHECK went on");
    }
    check_observe(NULL);
    assert_string_equal(told, "one == 2");
}

static void a_failed_check_ends_the_process(void **state)
{
    (void)state;
    volatile int one = 1;
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        (void)signal(SIGABRT, SIG_DFL);
        CHECK(one == 2);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_observer_is_told_which_condition_failed),
        cmocka_unit_test(a_failed_check_ends_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
