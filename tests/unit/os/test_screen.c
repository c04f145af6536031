/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/screen.h"

#include "os/pty.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static void the_locale_says_whether_there_is_unicode(void **state)
{
    (void)state;
    assert_int_equal(setenv("LC_ALL", "C", 1), 0);
    assert_false(screen_has_unicode());
    assert_int_equal(setenv("LC_ALL", "C.UTF-8", 1), 0);
    assert_true(screen_has_unicode());
}

static void colours_need_a_terminal_that_has_them_and_somebody_who_wants_them(void **state)
{
    (void)state;
    struct pty pty;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(pty_open(&pty, -1), OK);
    int fd = pty_open_slave(&pty);
    assert_true(fd >= 0);
    assert_int_equal(unsetenv("NO_COLOR") + setenv("TERM", "xterm", 1), 0);
    assert_true(screen_has_colour(fd));
    assert_false(screen_has_colour(ends[1]));
    assert_int_equal(setenv("TERM", "dumb", 1), 0);
    assert_false(screen_has_colour(fd));
    assert_int_equal(unsetenv("TERM"), 0);
    assert_false(screen_has_colour(fd));
    assert_int_equal(setenv("TERM", "xterm", 1) + setenv("NO_COLOR", "", 1), 0);
    assert_false(screen_has_colour(fd));
    assert_int_equal(close(fd) + close(ends[0]) + close(ends[1]), 0);
    pty_close(&pty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_locale_says_whether_there_is_unicode),
        cmocka_unit_test(colours_need_a_terminal_that_has_them_and_somebody_who_wants_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
