/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/tcp/tcp_tell.h"

#include "os/seqpacket.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROOM = 256 };

static const struct record failed = { RECORD_TCP_FAILED, { ECONNREFUSED }, { { NULL, 0 } } };

static void test_a_record_arrives_with_its_descriptor(void **state)
{
    (void)state;
    int ends[2];
    uint8_t room[ROOM];
    size_t len = 0;
    struct record record;
    struct seqpacket_descriptors passed;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends), 0);
    for (int with = 0; with < 2; with++) {
        passed.count = 0;
        assert_int_equal(tcp_tell(ends[0], &failed, with ? ends[0] : -1), OK);
        assert_int_equal(
            seqpacket_receive(ends[1], (struct span){ room, sizeof(room) }, &len, &passed), OK);
        assert_int_equal(record_decode(bytes_of(room, len), &record), OK);
        assert_int_equal(record.type, RECORD_TCP_FAILED);
        assert_int_equal(record.numbers[0], ECONNREFUSED);
        assert_int_equal(passed.count, with);
    }
    assert_int_equal(close(passed.fds[0]) + close(ends[0]) + close(ends[1]), 0);
}

static void test_who_does_not_read_is_not_waited_for(void **state)
{
    (void)state;
    int ends[2];
    enum err err = OK;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends), 0);
    while (err == OK)
        err = tcp_tell(ends[0], &failed, -1);
    assert_int_equal(err, ERR_SYSTEM);
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(close(ends[1]), 0);
    assert_int_equal(tcp_tell(ends[0], &failed, -1), ERR_SYSTEM);
    assert_int_not_equal(errno, EAGAIN);
    assert_int_equal(close(ends[0]), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_record_arrives_with_its_descriptor),
        cmocka_unit_test(test_who_does_not_read_is_not_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
