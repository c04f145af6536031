/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/seqpacket.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

static uint8_t room[256 * 1024];

static enum err receive(int fd, size_t *len, struct seqpacket_descriptors *passed)
{
    return seqpacket_receive(fd, (struct span){ room, sizeof(room) }, len, passed);
}

static void datagrams_keep_their_borders(void **state)
{
    (void)state;
    int ends[2];
    size_t len;
    assert_int_equal(seqpacket_pair(ends), OK);
    assert_int_equal(seqpacket_send(ends[0], B("one"), NULL), OK);
    assert_int_equal(seqpacket_send(ends[0], B("second"), NULL), OK);
    assert_int_equal(receive(ends[1], &len, NULL), OK);
    assert_true(bytes_equal(bytes_of(room, len), B("one")));
    assert_int_equal(receive(ends[1], &len, NULL), OK);
    assert_true(bytes_equal(bytes_of(room, len), B("second")));
    (void)close(ends[0]);
    assert_int_equal(receive(ends[1], &len, NULL), OK);
    assert_int_equal(len, 0);
    assert_int_equal(seqpacket_send(ends[1], B("nobody"), NULL), ERR_SYSTEM);
    (void)close(ends[1]);
}

static void a_long_one_arrives_whole_and_a_longer_one_is_refused(void **state)
{
    (void)state;
    static uint8_t octets[130 * 1024];
    int ends[2];
    size_t len;
    assert_int_equal(seqpacket_pair(ends), OK);
    assert_int_equal(seqpacket_send(ends[0], bytes_of(octets, sizeof(octets)), NULL), OK);
    assert_int_equal(receive(ends[1], &len, NULL), OK);
    assert_int_equal(len, sizeof(octets));
    assert_int_equal(seqpacket_send(ends[0], B("longer"), NULL), OK);
    assert_int_equal(seqpacket_receive(ends[1], (struct span){ room, 3 }, &len, NULL),
                     ERR_TOO_LONG);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void each_takes_the_place_of_the_one_before(void **state)
{
    (void)state;
    int ends[2];
    scoped(buf) taken = BUF_EMPTY(100);
    scoped(buf) few = BUF_EMPTY(5);
    assert_int_equal(seqpacket_pair(ends), OK);
    assert_int_equal(seqpacket_send(ends[0], B("the first"), NULL), OK);
    assert_int_equal(seqpacket_send(ends[0], B("two"), NULL), OK);
    assert_int_equal(seqpacket_send(ends[0], B("longer"), NULL), OK);
    assert_int_equal(seqpacket_take(ends[1], &taken, NULL), OK);
    assert_true(bytes_equal(buf_bytes(&taken), B("the first")));
    assert_int_equal(seqpacket_take(ends[1], &taken, NULL), OK);
    assert_true(bytes_equal(buf_bytes(&taken), B("two")));
    assert_int_equal(seqpacket_take(ends[1], &few, NULL), ERR_TOO_LONG);
    (void)close(ends[0]);
    assert_int_equal(seqpacket_take(ends[1], &taken, NULL), OK);
    assert_int_equal(buf_len(&taken), 0);
    (void)close(ends[1]);
}

static size_t open_descriptors(void)
{
    size_t count = 0;
    for (int fd = 0; fd < 64; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void descriptors_travel_along(void **state)
{
    (void)state;
    int ends[2], pipes[2];
    size_t len;
    struct seqpacket_descriptors passed;
    assert_int_equal(seqpacket_pair(ends), OK);
    assert_int_equal(pipe(pipes), 0);
    const struct seqpacket_descriptors both = { { pipes[0], pipes[1] }, 2 };
    assert_int_equal(seqpacket_send(ends[0], B("x"), &both), OK);
    assert_int_equal(receive(ends[1], &len, &passed), OK);
    assert_int_equal(passed.count, 2);
    assert_int_equal(fcntl(passed.fds[0], F_GETFD), FD_CLOEXEC);
    assert_int_equal(write(passed.fds[1], "y", 1), 1);
    assert_int_equal(read(pipes[0], room, 1), 1);
    (void)close(passed.fds[0]);
    (void)close(passed.fds[1]);

    /* Those that nobody asked for are not left lying about. */
    size_t before = open_descriptors();
    assert_int_equal(seqpacket_send(ends[0], B("x"), &both), OK);
    assert_int_equal(receive(ends[1], &len, NULL), OK);
    assert_int_equal(open_descriptors(), before);
    (void)close(pipes[0]);
    (void)close(pipes[1]);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void what_was_said_before_the_end_is_heard(void **state)
{
    (void)state;
    int ends[2];
    size_t len;
    assert_int_equal(seqpacket_pair(ends), OK);
    assert_int_equal(seqpacket_send(ends[0], B("bye"), NULL), OK);
    assert_int_equal(seqpacket_send(ends[1], B("it does not read this"), NULL), OK);
    (void)close(ends[0]);
    assert_int_equal(receive(ends[1], &len, NULL), OK);
    assert_true(bytes_equal(bytes_of(room, len), B("bye")));
    assert_int_equal(receive(ends[1], &len, NULL), OK);
    assert_int_equal(len, 0);
    (void)close(ends[1]);
}

static void an_end_is_over_when_the_other_one_has_spoken_or_is_closed(void **state)
{
    int ends[2], others[2];
    (void)state;
    assert_int_equal(seqpacket_pair(ends), OK);
    assert_int_equal(seqpacket_pair(others), OK);
    assert_false(seqpacket_is_over(ends[0]));
    assert_int_equal(seqpacket_send(ends[1], BYTES_LITERAL("x"), NULL), OK);
    assert_true(seqpacket_is_over(ends[0]));
    assert_false(seqpacket_is_over(others[0]));
    (void)close(others[1]);
    assert_true(seqpacket_is_over(others[0]));
    (void)close(ends[0]);
    (void)close(ends[1]);
    (void)close(others[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datagrams_keep_their_borders),
        cmocka_unit_test(a_long_one_arrives_whole_and_a_longer_one_is_refused),
        cmocka_unit_test(each_takes_the_place_of_the_one_before),
        cmocka_unit_test(descriptors_travel_along),
        cmocka_unit_test(what_was_said_before_the_end_is_heard),
        cmocka_unit_test(an_end_is_over_when_the_other_one_has_spoken_or_is_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
