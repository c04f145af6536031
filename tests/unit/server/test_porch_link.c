/* SPDX-License-Identifier: BSD-2-Clause */
/* The listener's end, with a porch that says what the test wants. */
#include "programs/server/listener/porch_link.h"

#include "os/record_socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

static const struct record arrived = { RECORD_PORCH_ARRIVED,
                                       { 50000 },
                                       { B("\xc0\0\2\7"), B("sixteen octets !") } };

struct line {
    struct porch_link link;
    int porch_fd;
};

static void open_line(struct line *line)
{
    int ends[2];
    assert_int_equal(seqpacket_pair(ends), OK);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    line->link = PORCH_LINK_NONE;
    line->link.fd = ends[0];
    line->porch_fd = ends[1];
}

static void close_line(struct line *line)
{
    porch_link_close(&line->link);
    assert_int_equal(line->link.fd, -1);
    (void)close(line->porch_fd);
}

static void say(const struct line *line, const struct record *record, size_t fd_count)
{
    const struct seqpacket_descriptors passed = { { line->porch_fd, line->porch_fd }, fd_count };
    assert_int_equal(record_socket_send(line->porch_fd, record, &passed), OK);
}

static struct porch_link_event heard(struct line *line)
{
    struct porch_link_event event;
    porch_link_take(&line->link, &event);
    return event;
}

static void who_came_by_our_own_tcp_comes_with_both_addresses(void **state)
{
    (void)state;
    struct line line;
    struct record brought = arrived;
    open_line(&line);
    say(&line, &arrived, 1);
    struct porch_link_event event = heard(&line);
    assert_int_equal(event.local.ss_family, AF_UNSPEC);
    (void)close(event.fd);
    brought.numbers[1] = 22;
    brought.texts[2] = B("\xc0\0\2\1");
    say(&line, &brought, 1);
    event = heard(&line);
    assert_int_equal(event.kind, PORCH_LINK_ARRIVED);
    const struct sockaddr_in *local = (const struct sockaddr_in *)&event.local;
    assert_int_equal(local->sin_family, AF_INET);
    assert_int_equal(ntohs(local->sin_port), 22);
    assert_memory_equal(&local->sin_addr, "\xc0\0\2\1", 4);
    (void)close(event.fd);
    brought.texts[2] = B("\xc0\0\2");
    say(&line, &brought, 1);
    assert_int_equal(heard(&line).kind, PORCH_LINK_LOST);
    close_line(&line);
}

static void connections_come_with_their_cookie(void **state)
{
    (void)state;
    struct line line;
    open_line(&line);
    assert_int_equal(heard(&line).kind, PORCH_LINK_NOTHING);
    say(&line, &arrived, 1);
    struct porch_link_event event = heard(&line);
    assert_int_equal(event.kind, PORCH_LINK_ARRIVED);
    assert_memory_equal(event.cookie, "sixteen octets !", 16);
    assert_int_equal(ntohs(((const struct sockaddr_in *)&event.peer)->sin_port), 50000);
    assert_int_equal(close(event.fd), 0);
    close_line(&line);
}

static void who_comes_when_descriptors_have_run_out_is_missed(void **state)
{
    (void)state;
    struct line line;
    struct rlimit limit;
    open_line(&line);
    say(&line, &arrived, 1);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    const struct rlimit none = { 0, limit.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    struct porch_link_event event = heard(&line);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(event.kind, PORCH_LINK_MISSED);
    assert_int_equal(ntohs(((const struct sockaddr_in *)&event.peer)->sin_port), 50000);
    assert_int_equal(heard(&line).kind, PORCH_LINK_NOTHING);
    close_line(&line);
}

/* Of a connection with the port that `said` adds to. */
static enum porch_link_kind heard_of(const struct sockaddr_in *from, int fd, struct record said)
{
    struct line line;
    open_line(&line);
    said.numbers[0] += ntohs(from->sin_port);
    const struct seqpacket_descriptors passed = { { fd }, 1 };
    assert_int_equal(record_socket_send(line.porch_fd, &said, &passed), OK);
    struct porch_link_event event = heard(&line);
    if (event.kind == PORCH_LINK_ARRIVED)
        (void)close(event.fd);
    close_line(&line);
    return event.kind;
}

static void of_the_kernels_connections_the_porch_says_what_the_kernel_does(void **state)
{
    (void)state;
    struct sockaddr_in at = { AF_INET, 0, { htonl(INADDR_LOOPBACK) }, { 0 } }, from;
    struct sockaddr *address = (struct sockaddr *)&at;
    const struct linger reset = { 1, 0 };
    socklen_t len = sizeof(at);
    int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, address, len) + listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, address, &len), 0);
    assert_int_equal(connect(client, address, len), 0);
    int fd = accept(listener, (struct sockaddr *)&from, &len);
    assert_true(fd >= 0);

    struct record said = arrived;
    said.numbers[0] = 0;
    assert_int_equal(heard_of(&from, fd, said), PORCH_LINK_LOST);
    said.texts[0] = B("\x7f\0\0\1");
    assert_int_equal(heard_of(&from, fd, said), PORCH_LINK_ARRIVED);
    said.texts[0] = B("\0\0\0\0\0\0\0\0\0\0\377\377\x7f\0\0\1");
    assert_int_equal(heard_of(&from, fd, said), PORCH_LINK_ARRIVED);
    said.texts[2] = B("\x7f\0\0\1");
    assert_int_equal(heard_of(&from, fd, said), PORCH_LINK_LOST);
    said.texts[2] = BYTES_NONE;
    said.numbers[0] = 1;
    assert_int_equal(heard_of(&from, fd, said), PORCH_LINK_LOST);

    /* The kernel does not know any more who that was. */
    assert_int_equal(setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)), 0);
    assert_int_equal(close(client), 0);
    assert_int_equal(heard_of(&from, fd, said), PORCH_LINK_ARRIVED);
    assert_int_equal(close(fd) + close(listener), 0);
}

static void what_came_to_nothing_has_an_address(void **state)
{
    (void)state;
    struct line line;
    open_line(&line);
    for (uint32_t why = 0; why < PORCH_END_COUNT; why++) {
        const struct record gone = { RECORD_PORCH_GONE, { why, 50000 }, { B("\xc0\0\2\7") } };
        say(&line, &gone, 0);
        struct porch_link_event event = heard(&line);
        const struct sockaddr_in *peer = (const struct sockaddr_in *)&event.peer;
        assert_int_equal(event.kind, PORCH_LINK_GONE);
        assert_int_equal(event.why, why);
        assert_int_equal(ntohs(peer->sin_port), 50000);
        assert_memory_equal(&peer->sin_addr, "\xc0\0\2\7", 4);
    }
    const struct record six = { RECORD_PORCH_GONE, { 0, 22, 3 }, { B("\xfe\x80........123456") } };
    say(&line, &six, 0);
    struct porch_link_event event = heard(&line);
    const struct sockaddr_in6 *peer = (const struct sockaddr_in6 *)&event.peer;
    assert_int_equal(peer->sin6_family, AF_INET6);
    assert_memory_equal(&peer->sin6_addr, "\xfe\x80........123456", 16);
    assert_int_equal(peer->sin6_scope_id, 3);
    say(&line, &(struct record){ RECORD_PORCH_CROWDED, .numbers = { 17 } }, 0);
    event = heard(&line);
    assert_int_equal(event.kind, PORCH_LINK_CROWDED);
    assert_int_equal(event.count, 17);
    close_line(&line);
}

static void a_porch_that_breaks_a_rule_is_lost(void **state)
{
    (void)state;
    static const struct {
        struct record record;
        size_t fd_count;
    } cases[] = {
        { { RECORD_PORCH_ARRIVED, { 22 }, { B("1234"), B("sixteen octets !") } }, 2 },
        { { RECORD_PORCH_ARRIVED, { 22 }, { B("123"), B("sixteen octets !") } }, 1 },
        { { RECORD_PORCH_ARRIVED, { 65536 }, { B("1234"), B("sixteen octets !") } }, 1 },
        { { RECORD_PORCH_ARRIVED, { 22 }, { B("1234"), B("fifteen octets!") } }, 1 },
        { { RECORD_PORCH_GONE, { PORCH_END_COUNT, 22 }, { B("1234") } }, 0 },
        { { RECORD_PORCH_GONE, { 0, 65536 }, { B("1234") } }, 0 },
        { { RECORD_PORCH_GONE, { 0, 22 }, { B("12345") } }, 0 },
        { { RECORD_PORCH_GONE, { 0, 22 }, { B("") } }, 0 },
        { { RECORD_PORCH_READY, .numbers = { 5 } }, 0 },
        { { RECORD_BYE, .numbers = { 5 } }, 0 },
        { { RECORD_PORCH_LISTEN, .numbers = { 0 } }, 1 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct line line;
        open_line(&line);
        int before = dup(STDERR_FILENO);
        (void)close(before);
        say(&line, &cases[i].record, cases[i].fd_count);
        assert_int_equal(heard(&line).kind, PORCH_LINK_LOST);
        int after = dup(STDERR_FILENO); /* the same number, when nothing was left open */
        (void)close(after);
        assert_int_equal(after, before);
        close_line(&line);
    }
}

static void a_porch_that_is_gone_is_lost(void **state)
{
    (void)state;
    struct line line;
    open_line(&line);
    say(&line, &arrived, 1);
    (void)close(line.porch_fd);
    struct porch_link_event event = heard(&line); /* what it has said before counts */
    assert_int_equal(event.kind, PORCH_LINK_ARRIVED);
    (void)close(event.fd);
    assert_int_equal(heard(&line).kind, PORCH_LINK_LOST);
    line.porch_fd = -1;
    close_line(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_come_with_their_cookie),
        cmocka_unit_test(who_came_by_our_own_tcp_comes_with_both_addresses),
        cmocka_unit_test(of_the_kernels_connections_the_porch_says_what_the_kernel_does),
        cmocka_unit_test(who_comes_when_descriptors_have_run_out_is_missed),
        cmocka_unit_test(what_came_to_nothing_has_an_address),
        cmocka_unit_test(a_porch_that_breaks_a_rule_is_lost),
        cmocka_unit_test(a_porch_that_is_gone_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
