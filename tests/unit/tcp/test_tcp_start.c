/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/tcp/tcp_start.h"

#include "os/record_socket.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

static const struct record opening = { RECORD_TCP_OPEN,
                                       { 1500, 1, 0 },
                                       { B("\xc0\0\2\1"), B("0123456789abcdef") } };
static const struct record begin = { .type = RECORD_TCP_BEGIN };

static void say(int fd, const struct record *record, size_t fd_count)
{
    const struct seqpacket_descriptors passed = { { STDERR_FILENO, STDERR_FILENO, STDERR_FILENO },
                                                  fd_count };
    assert_int_equal(record_socket_send(fd, record, &passed), OK);
}

static void listen_at(int fd, uint32_t port)
{
    say(fd, &(struct record){ RECORD_TCP_LISTEN, { port }, { BYTES_NONE } }, 0);
}

/* What an owner that says this, with so many devices, and then goes, comes to. */
static bool hear(const struct record *first, size_t device_count, uint32_t port,
                 struct tcp_start *start)
{
    struct record_gate gate = { 0 };
    int ends[2];
    assert_int_equal(seqpacket_pair(ends), OK);
    say(ends[0], first, device_count);
    if (port != UINT32_MAX)
        listen_at(ends[0], port);
    say(ends[0], &begin, 0);
    bool done = tcp_start_hear(ends[1], &gate, start);
    (void)close(ends[0]);
    (void)close(ends[1]);
    for (size_t i = 0; done && i < start->device_count; i++)
        (void)close(start->fds[i]);
    return done;
}

static void test_addresses_devices_and_ports_are_what_was_said(void **state)
{
    (void)state;
    struct tcp_start start;
    assert_true(hear(&opening, 2, 22, &start));
    assert_int_equal(start.address_count, 2);
    assert_int_equal(start.addresses[0].version, 4);
    assert_int_equal(start.addresses[1].version, 6);
    assert_memory_equal(start.addresses[1].octets, "0123456789abcdef", 16);
    assert_int_equal(start.device_count, 2);
    assert_int_equal(start.mtu, 1500);
    assert_true(start.has_large_segments);
    assert_false(start.keeps_alive);
    assert_int_equal(start.port_count, 1);
    assert_int_equal(start.ports[0], 22);
}

static void test_one_device_can_be_for_both_versions(void **state)
{
    (void)state;
    struct tcp_start start;
    assert_true(hear(&opening, 1, UINT32_MAX, &start));
    assert_int_equal(start.device_count, 1);
    assert_int_equal(start.port_count, 0);
}

static void test_what_cannot_be_is_refused(void **state)
{
    (void)state;
    struct tcp_start start;
    struct record wrong = opening;
    assert_false(hear(&wrong, 0, 22, &start)); /* no device */
    assert_false(hear(&wrong, 3, 22, &start));
    assert_false(hear(&wrong, 1, 0, &start)); /* no port */
    assert_false(hear(&wrong, 1, 65536, &start));
    wrong.numbers[0] = 1279;
    assert_false(hear(&wrong, 1, 22, &start));
    wrong.numbers[0] = 65536;
    assert_false(hear(&wrong, 1, 22, &start));
    wrong = opening;
    wrong.texts[0] = B("\xc0\0\2");
    assert_false(hear(&wrong, 1, 22, &start));
    wrong.texts[0] = wrong.texts[1] = BYTES_NONE; /* no address */
    assert_false(hear(&wrong, 1, 22, &start));
    wrong = opening;
    wrong.texts[1] = BYTES_NONE; /* a device more than there are addresses */
    assert_false(hear(&wrong, 2, 22, &start));
    assert_false(hear(&begin, 0, 22, &start)); /* no opening */
}

static void test_an_owner_that_goes_before_the_end_is_noticed(void **state)
{
    (void)state;
    struct record_gate gate = { 0 };
    struct tcp_start start;
    int ends[2];
    assert_int_equal(seqpacket_pair(ends), OK);
    say(ends[0], &opening, 1);
    (void)close(ends[0]);
    assert_false(tcp_start_hear(ends[1], &gate, &start));
    (void)close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses_devices_and_ports_are_what_was_said),
        cmocka_unit_test(test_one_device_can_be_for_both_versions),
        cmocka_unit_test(test_what_cannot_be_is_refused),
        cmocka_unit_test(test_an_owner_that_goes_before_the_end_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
