/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/running.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { MOST = 1024, HUNG_UP = 5 };

static struct account own;

/* A program in a group of its own, which ends with HUNG_UP when it is hung up, and with 0 when it is told to end before. */
static pid_t start_program(const struct account *user)
{
    int ready[2];
    char word;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        sigset_t awaited;
        int number = 0;
        sigemptyset(&awaited);
        sigaddset(&awaited, SIGHUP);
        sigaddset(&awaited, SIGTERM);
        (void)sigprocmask(SIG_BLOCK, &awaited, NULL);
        if (setpgid(0, 0) != 0 || account_become(user) != OK ||
            prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || write(ready[1], "", 1) != 1)
            _exit(1);
        (void)sigwait(&awaited, &number);
        _exit(number == SIGHUP ? HUNG_UP : 0);
    }
    (void)close(ready[1]);
    assert_int_equal(read(ready[0], &word, 1), 1);
    (void)close(ready[0]);
    return child;
}

static void assert_ends_with(pid_t program, int wanted)
{
    int status = 0;
    assert_int_equal(waitpid(program, &status, 0), program);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), wanted);
}

static void assert_hung_up(pid_t program)
{
    assert_ends_with(program, HUNG_UP);
}

/* A hang-up that it has got already is the lower number, and is taken first. */
static void assert_untouched(pid_t program)
{
    assert_int_equal(kill(program, SIGTERM), 0);
    assert_ends_with(program, 0);
}

static struct running with(size_t count, const pid_t *groups)
{
    struct running running;
    running_init(&running, &own);
    for (size_t i = 0; i < count; i++)
        assert_true(running_begun(&running, (uint32_t)groups[i]));
    return running;
}

static void what_is_no_group_of_a_program_is_refused(void **state)
{
    (void)state;
    static const uint32_t wrong[] = { 0, 1, (uint32_t)INT32_MAX + 1, UINT32_MAX, UINT32_MAX - 1 };
    struct running running = with(0, NULL);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(running_begun(&running, wrong[i]));
    assert_int_equal(running.count, 0);
    assert_true(running_begun(&running, 2));
    assert_true(running_begun(&running, INT32_MAX));
    assert_int_equal(running.count, 2);
    running_wipe(&running);
}

static void one_runs_once(void **state)
{
    (void)state;
    struct running running = with(2, (const pid_t[]){ 10, 11 });
    assert_false(running_begun(&running, 10));
    running_over(&running, 10);
    running_over(&running, 10);
    running_over(&running, 12);
    assert_int_equal(running.count, 1);
    assert_int_equal(running.groups[0], 11);
    assert_true(running_begun(&running, 10));
    running_wipe(&running);
    assert_int_equal(running.count, 0);
}

static void there_are_not_too_many(void **state)
{
    (void)state;
    struct running running = with(0, NULL);
    for (uint32_t i = 0; i < MOST; i++)
        assert_true(running_begun(&running, 100 + i));
    assert_false(running_begun(&running, 100 + MOST));
    running_over(&running, 500);
    assert_true(running_begun(&running, 100 + MOST));
    for (uint32_t i = 0; i <= MOST; i++)
        running_over(&running, 100 + i);
    assert_int_equal(running.count, 0);
    running_wipe(&running);
}

static void those_that_run_are_hung_up_and_forgotten(void **state)
{
    (void)state;
    pid_t programs[3];
    for (size_t i = 0; i < 3; i++)
        programs[i] = start_program(&own);
    struct running running = with(3, programs);
    running_over(&running, (uint32_t)programs[1]);
    running_hang_up(&running);
    assert_int_equal(running.count, 0);
    assert_hung_up(programs[0]);
    assert_hung_up(programs[2]);
    assert_untouched(programs[1]);
    assert_int_equal(waitpid(-1, NULL, 0), -1); /* nor is there a process of its own left */
    assert_int_equal(errno, ECHILD);
    running_wipe(&running);
}

static void one_that_is_stopped_learns_of_it(void **state)
{
    (void)state;
    int status;
    pid_t program = start_program(&own);
    struct running running = with(1, &program);
    assert_int_equal(kill(program, SIGSTOP), 0);
    assert_int_equal(waitpid(program, &status, WUNTRACED), program);
    running_hang_up(&running);
    assert_hung_up(program);
    running_wipe(&running);
}

static void one_that_has_gone_keeps_nobody_from_it(void **state)
{
    (void)state;
    const pid_t programs[] = { start_program(&own), start_program(&own) };
    struct running running = with(2, programs);
    assert_untouched(programs[0]);
    running_hang_up(&running);
    assert_hung_up(programs[1]);
    running_wipe(&running);
}

/* What the user's process says of its programs is not believed. */
static void nobody_elses_program_is_hung_up(void **state)
{
    (void)state;
    struct account nobody;
    if (geteuid() != 0)
        skip();
    assert_int_equal(account_find(BYTES_LITERAL("nobody"), &nobody), OK);
    const pid_t programs[] = { start_program(&own), start_program(&nobody) };
    struct running running;
    running_init(&running, &nobody);
    assert_true(running_begun(&running, (uint32_t)programs[0]));
    assert_true(running_begun(&running, (uint32_t)programs[1]));
    running_hang_up(&running);
    assert_hung_up(programs[1]);
    assert_untouched(programs[0]);
    running_wipe(&running);
    account_wipe(&nobody);
}

static void without_programs_there_is_nothing_to_do(void **state)
{
    (void)state;
    struct running running = RUNNING_NONE; /* no account either */
    running_hang_up(&running);
    running_over(&running, 10);
    running_wipe(&running);
    assert_int_equal(running.count, 0);
}

static int set_up(void **state)
{
    (void)state;
    return account_of_self(&own) == OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    account_wipe(&own);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_group_of_a_program_is_refused),
        cmocka_unit_test(one_runs_once),
        cmocka_unit_test(there_are_not_too_many),
        cmocka_unit_test(those_that_run_are_hung_up_and_forgotten),
        cmocka_unit_test(one_that_is_stopped_learns_of_it),
        cmocka_unit_test(one_that_has_gone_keeps_nobody_from_it),
        cmocka_unit_test(nobody_elses_program_is_hung_up),
        cmocka_unit_test(without_programs_there_is_nothing_to_do),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
