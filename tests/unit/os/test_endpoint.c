/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

static void make_connection(int ends[2])
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(address);
    int listening;
    assert_int_equal(endpoint_listen((struct sockaddr *)&address, len, &listening), OK);
    assert_int_equal(getsockname(listening, (struct sockaddr *)&address, &len), 0);
    ends[0] = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(ends[0], (struct sockaddr *)&address, len), 0);
    ends[1] = accept(listening, NULL, NULL);
    assert_true(ends[1] >= 0);
    (void)close(listening);
}

static int waiting(int fd)
{
    int count = -1;
    assert_int_equal(ioctl(fd, FIONREAD, &count), 0);
    return count;
}

static void check_that_it_is_thrown_away(const int ends[2])
{
    assert_int_equal(send(ends[0], "0123456789", 10, 0), 10);
    while (waiting(ends[1]) < 10)
        ;
    endpoint_discard(ends[1], 4);
    assert_int_equal(waiting(ends[1]), 6);
    endpoint_discard(ends[1], 1024 * 1024);
    assert_int_equal(waiting(ends[1]), 0);
    endpoint_discard(ends[1], 1024 * 1024);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void what_has_come_is_thrown_away_up_to_the_limit(void **state)
{
    (void)state;
    int ends[2];
    make_connection(ends);
    check_that_it_is_thrown_away(ends);
}

static void so_is_what_is_not_tcp(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    check_that_it_is_thrown_away(ends);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_come_is_thrown_away_up_to_the_limit),
        cmocka_unit_test(so_is_what_is_not_tcp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
