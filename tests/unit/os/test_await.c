/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/await.h"

#include "os/clock.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

enum { SHORT_MS = 60, LONG_MS = 10 * 1000, TICK_US = 10 * 1000 };

struct ends {
    int in[2], watched[2];
};

static int set_up(void **state)
{
    static struct ends ends;
    *state = &ends;
    return pipe(ends.in) == 0 && pipe(ends.watched) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    struct ends *e = *state;
    for (int i = 0; i < 2; i++) {
        (void)close(e->in[i]);
        (void)close(e->watched[i]);
    }
    return 0;
}

static enum err await(const struct ends *e, int patience_ms)
{
    return await_readable(e->in[0], e->watched[0], clock_now_ms() + patience_ms);
}

static void what_is_there_is_not_waited_for(void **state)
{
    struct ends *e = *state;
    assert_int_equal(write(e->in[1], "x", 1), 1);
    assert_int_equal(close(e->watched[1]), 0);
    e->watched[1] = -1;
    assert_int_equal(await(e, LONG_MS), OK);
}

static void an_end_can_be_read(void **state)
{
    struct ends *e = *state;
    assert_int_equal(close(e->in[1]), 0);
    e->in[1] = -1;
    assert_int_equal(await(e, LONG_MS), OK);
}

static void who_is_watched_ends_the_wait_by_hanging_up(void **state)
{
    struct ends *e = *state;
    assert_int_equal(write(e->watched[1], "x", 1), 1); /* what it says does not count */
    assert_int_equal(await(e, SHORT_MS), ERR_TIMEOUT);
    assert_int_equal(close(e->watched[1]), 0);
    e->watched[1] = -1;
    assert_int_equal(await(e, LONG_MS), ERR_DISCONNECTED);
}

static void ignore(int number)
{
    (void)number;
}

static void signals_neither_shorten_nor_lengthen_the_wait(void **state)
{
    const struct ends *e = *state;
    const struct sigaction action = { .sa_handler = ignore };
    const struct itimerval ticks = { { 0, TICK_US }, { 0, TICK_US } },
                           none = { { 0, 0 }, { 0, 0 } };
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &ticks, NULL), 0);
    int64_t began_ms = clock_now_ms();
    assert_int_equal(await(e, SHORT_MS), ERR_TIMEOUT);
    assert_int_equal(setitimer(ITIMER_REAL, &none, NULL), 0);
    assert_true(clock_now_ms() - began_ms >= SHORT_MS);
}

static void a_time_that_has_passed_is_no_wait(void **state)
{
    const struct ends *e = *state;
    assert_int_equal(await_readable(e->in[0], -1, clock_now_ms() - 1), ERR_TIMEOUT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_is_there_is_not_waited_for),
        TEST(an_end_can_be_read),
        TEST(who_is_watched_ends_the_wait_by_hanging_up),
        TEST(signals_neither_shorten_nor_lengthen_the_wait),
        TEST(a_time_that_has_passed_is_no_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
