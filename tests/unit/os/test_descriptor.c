/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include <cmocka.h>

static void what_is_there_is_closed_once(void **state)
{
    (void)state;
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), number = fd;
    assert_true(fd >= 0);
    errno = EINTR;
    descriptor_close(&fd);
    assert_int_equal(errno, EINTR);
    assert_int_equal(fd, -1);
    assert_int_equal(fcntl(number, F_GETFD), -1);
    descriptor_close(&fd);
    assert_int_equal(fd, -1);
}

static void the_limit_is_raised_as_far_as_it_goes(void **state)
{
    (void)state;
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    const struct rlimit few = { 20, 30 };
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    assert_int_equal(descriptor_raise_limit(), 30);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(limit.rlim_cur, 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_there_is_closed_once),
        cmocka_unit_test(the_limit_is_raised_as_far_as_it_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
