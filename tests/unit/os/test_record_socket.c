/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/record_socket.h"

#include "os/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

static int set_up(void **state)
{
    static int ends[2];
    *state = ends;
    return seqpacket_pair(ends) == OK ? 0 : -1;
}

static int tear_down(void **state)
{
    const int *ends = *state;
    (void)close(ends[0]);
    (void)close(ends[1]);
    return 0;
}

static struct seqpacket_descriptors one_descriptor(void)
{
    return (struct seqpacket_descriptors){ { dup(STDERR_FILENO) }, 1 };
}

static void a_record_arrives_with_its_descriptors(void **state)
{
    const int *ends = *state;
    struct seqpacket_descriptors sent = one_descriptor(), passed = { .count = 0 };
    struct record record = { RECORD_SESSION_SIGNAL, { 7 }, { B("TERM") } };
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    assert_int_equal(record_socket_send(ends[0], &record, &sent), OK);
    record = (struct record){ .type = RECORD_HELLO };
    assert_int_equal(record_socket_take(ends[1], &room, &record, &passed), OK);
    assert_int_equal(record.type, RECORD_SESSION_SIGNAL);
    assert_int_equal(record.numbers[0], 7);
    assert_true(bytes_is(record.texts[0], "TERM"));
    assert_int_equal(passed.count, 1);
    assert_int_equal(close(passed.fds[0]) + close(sent.fds[0]), 0);
}

static void what_the_table_does_not_allow_is_not_sent(void **state)
{
    const int *ends = *state;
    static const uint8_t octets[RECORD_LEN_MAX];
    const struct record record = { RECORD_SESSION_SIGNAL, { 7 }, { bytes_of(octets, 200) } };
    assert_int_equal(record_socket_send(ends[0], &record, NULL), ERR_TOO_LONG);
    assert_false(seqpacket_is_over(ends[1]));
}

/* Their numbers are those that the next descriptors get. */
static void descriptors_of_what_is_no_record_are_closed(void **state)
{
    const int *ends = *state;
    struct seqpacket_descriptors sent = one_descriptor(), passed = { .count = 0 };
    struct record record;
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    int next = dup(STDERR_FILENO);
    assert_int_equal(close(next), 0);
    assert_int_equal(seqpacket_send(ends[0], B("\377"), &sent), OK);
    assert_int_equal(record_socket_take(ends[1], &room, &record, &passed), ERR_BAD_VALUE);
    assert_int_equal(passed.count, 0);
    assert_int_equal(fcntl(next, F_GETFD), -1);
    assert_int_equal(close(sent.fds[0]), 0);
}

static void the_end_is_told_from_what_is_no_record_and_from_nothing_yet(void **state)
{
    int *ends = *state;
    struct record record;
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(record_socket_take(ends[1], &room, &record, NULL), ERR_SYSTEM);
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(record_socket_take(ends[1], &room, &record, NULL), ERR_DISCONNECTED);
    record = (struct record){ .type = RECORD_HOST_KEYS_END };
    assert_int_equal(record_socket_send(ends[1], &record, NULL), ERR_SYSTEM);
    ends[0] = -1;
}

static void on_alarm(int number)
{
    (void)number;
}

/* Each signal ends poll, with nothing to restart it. */
static void begin_signals(const struct itimerval *rhythm)
{
    const struct sigaction action = { .sa_handler = on_alarm };
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    assert_int_equal(setitimer(ITIMER_REAL, rhythm, NULL), 0);
}

static void signals_neither_end_the_waiting_nor_make_it_longer(void **state)
{
    const int *ends = *state;
    const struct itimerval often = { { 0, 1000 }, { 0, 1000 } }, never = { 0 };
    begin_signals(&often);
    int64_t began_ms = clock_now_ms();
    enum err err = record_socket_await(ends[1], 50);
    int64_t took_ms = clock_now_ms() - began_ms;
    begin_signals(&never);
    assert_int_equal(err, ERR_TIMEOUT);
    assert_true(took_ms >= 50);
    assert_int_equal(
        record_socket_send(ends[0], &(struct record){ .type = RECORD_HOST_KEYS_END }, NULL), OK);
    assert_int_equal(record_socket_await(ends[1], 50), OK);
}

static void who_is_ready_says_so_in_time_or_is_not(void **state)
{
    int *ends = *state;
    const struct record ready = { RECORD_PORCH_READY, { 1 }, { BYTES_NONE } };
    assert_int_equal(record_socket_await_ready(ends[1], RECORD_PORCH_READY, 1), ERR_SYSTEM);
    assert_int_equal(errno, ETIMEDOUT);
    assert_int_equal(record_socket_send(ends[0], &ready, NULL), OK);
    assert_int_equal(record_socket_await_ready(ends[1], RECORD_TCP_READY, 1), ERR_SYSTEM);
    assert_int_equal(errno, ECONNRESET);
    assert_int_equal(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0);
    assert_int_equal(record_socket_send(ends[0], &ready, NULL), OK);
    assert_int_equal(record_socket_await_ready(ends[1], RECORD_PORCH_READY, 1), OK);
    assert_int_equal(fcntl(ends[1], F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    assert_int_equal(close(ends[0]), 0);
    ends[0] = -1;
    assert_int_equal(record_socket_await_ready(ends[1], RECORD_PORCH_READY, 1), ERR_SYSTEM);
    assert_int_equal(errno, ECONNRESET);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_record_arrives_with_its_descriptors),
        TEST(what_the_table_does_not_allow_is_not_sent),
        TEST(descriptors_of_what_is_no_record_are_closed),
        TEST(the_end_is_told_from_what_is_no_record_and_from_nothing_yet),
        TEST(signals_neither_end_the_waiting_nor_make_it_longer),
        TEST(who_is_ready_says_so_in_time_or_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
