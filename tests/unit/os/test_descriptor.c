/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_is_there_is_closed_once) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
