/* SPDX-License-Identifier: BSD-2-Clause */
/* The handshake of a real connection on the loopback interface, as both ends can see it. */
#include "os/tcp_view.h"

#include "base/buf.h"
#include "os/endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { FACTS_MAX = 64, PAUSE_US = 20000 };

/* The facts that were told, as far as the tests ask. */
struct told {
    size_t count;
    struct {
        char name[32], flags[16], source[16];
        uint64_t out, seq, ack, relative, age_us;
    } facts[FACTS_MAX];
};

static void copy_text(const struct trace_field *fields, size_t count, const char *name, char *out,
                      size_t size)
{
    const struct trace_field *field = trace_find(fields, count, name);
    if (field)
        assert_true(bytes_to_text(field->octets, out, size));
}

static uint64_t number(const struct trace_field *fields, size_t count, const char *name)
{
    const struct trace_field *field = trace_find(fields, count, name);
    return field ? field->number : 0;
}

static void take_fact(void *context, const struct trace_event *event,
                      const struct trace_field *fields, size_t count)
{
    struct told *told = context;
    assert_true(told->count < FACTS_MAX);
    __typeof__(&told->facts[0]) fact = &told->facts[told->count++];
    assert_true(bytes_to_text(bytes_text(event->name), fact->name, sizeof(fact->name)));
    copy_text(fields, count, "flags", fact->flags, sizeof(fact->flags));
    copy_text(fields, count, "src", fact->source, sizeof(fact->source));
    fact->out = number(fields, count, "out");
    fact->seq = number(fields, count, "seq");
    fact->ack = number(fields, count, "ack");
    fact->relative = number(fields, count, "relative");
    fact->age_us = number(fields, count, "age_us");
}

/* The position of the segment with these flags; a missing one fails the test. */
static size_t segment(const struct told *told, const char *flags)
{
    for (size_t i = 0; i < told->count; i++)
        if (strcmp(told->facts[i].name, "tcp.segment") == 0 &&
            strcmp(told->facts[i].flags, flags) == 0)
            return i;
    fail_msg("no %s was told", flags);
    return 0;
}

struct wire {
    int listener, client, server;
    struct told client_told, server_told;
    struct trace client_trace, server_trace;
};

static int set_up(void **state)
{
    static struct wire w;
    memset(&w, 0, sizeof(w));
    *state = &w;
    w.client_trace = (struct trace){ take_fact, &w.client_told };
    w.server_trace = (struct trace){ take_fact, &w.server_told };
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(here);
    if (endpoint_listen((const struct sockaddr *)&here, sizeof(here), &w.listener) != OK)
        return -1;
    tcp_view_keep_syn(w.listener);
    if (getsockname(w.listener, (struct sockaddr *)&here, &len) != 0)
        return -1;
    w.client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    struct tcp_view *view =
        tcp_view_begin(w.client, (const struct sockaddr *)&here, sizeof(here), &w.client_trace);
    if (connect(w.client, (const struct sockaddr *)&here, sizeof(here)) != 0)
        return -1;
    (void)usleep(PAUSE_US);
    tcp_view_connected(view);
    tcp_view_free(view);
    w.server = accept(w.listener, NULL, NULL);
    const struct endpoint peer = endpoint_peer(w.server), local = endpoint_local(w.server);
    tcp_view_accepted(w.server, &peer, &local, &w.server_trace);
    return 0;
}

static int tear_down(void **state)
{
    struct wire *w = *state;
    (void)close(w->client);
    (void)close(w->server);
    (void)close(w->listener);
    return 0;
}

static void both_ends_tell_the_three_segments_in_order(void **state)
{
    struct wire *w = *state;
    const struct told *views[] = { &w->client_told, &w->server_told };
    for (size_t i = 0; i < 2; i++) {
        size_t syn = segment(views[i], "SYN"), syn_ack = segment(views[i], "SYN-ACK"),
               ack = segment(views[i], "ACK");
        assert_true(syn < syn_ack && syn_ack < ack);
        assert_int_equal(views[i]->facts[syn].out, i == 0);
        assert_int_equal(views[i]->facts[syn_ack].out, i == 1);
        assert_int_equal(views[i]->facts[ack].out, i == 0);
    }
}

static void of_a_connection_that_is_not_the_kernels_nothing_is_invented(void **state)
{
    (void)state;
    struct told told = { .count = 0 };
    const struct trace trace = { take_fact, &told };
    const struct endpoint peer = { "192.0.2.2", 4711 }, local = { "192.0.2.1", 22 };
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    tcp_view_accepted(ends[0], &peer, &local, &trace);
    assert_int_equal(told.count, 1);
    assert_string_equal(told.facts[0].name, "tcp.hidden");
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void the_server_knows_the_syn_without_any_privilege(void **state)
{
    struct wire *w = *state;
    size_t syn = segment(&w->server_told, "SYN");
    assert_string_equal(w->server_told.facts[syn].source, "kernel");
    assert_int_equal(w->server_told.facts[syn].relative, 0);
    assert_int_equal(w->server_told.facts[segment(&w->server_told, "SYN-ACK")].relative, 1);
}

static void who_may_capture_sees_the_numbers(void **state)
{
    struct wire *w = *state;
    size_t syn = segment(&w->client_told, "SYN"), syn_ack = segment(&w->client_told, "SYN-ACK"),
           ack = segment(&w->client_told, "ACK");
    if (w->client_told.facts[syn].relative) {
        print_message("skipped: capturing takes CAP_NET_RAW\n");
        skip();
    }
    uint32_t x = (uint32_t)w->client_told.facts[syn].seq;
    uint32_t y = (uint32_t)w->client_told.facts[syn_ack].seq;
    assert_int_equal(w->client_told.facts[syn_ack].ack, (uint32_t)(x + 1));
    assert_int_equal(w->client_told.facts[ack].seq, (uint32_t)(x + 1));
    assert_int_equal(w->client_told.facts[ack].ack, (uint32_t)(y + 1));
    assert_int_equal(w->server_told.facts[segment(&w->server_told, "SYN")].seq, x);
}

/* They are told when the connection stands, and had all passed before the pause. */
static void segments_are_as_old_as_they_are(void **state)
{
    struct wire *w = *state;
    static const char *const flags[] = { "SYN", "SYN-ACK", "ACK" };
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        uint64_t age_us = w->client_told.facts[segment(&w->client_told, flags[i])].age_us;
        assert_true(age_us >= PAUSE_US && age_us < PAUSE_US + 5000000);
    }
}

/* An address of a block that nobody has (RFC 5737), and a socket that is not even connecting. */
static void who_was_not_waited_for_is_told(void **state)
{
    (void)state;
    struct told told = { 0 };
    const struct trace trace = { take_fact, &told };
    const struct sockaddr_in there = { .sin_family = AF_INET,
                                       .sin_port = htons(22),
                                       .sin_addr.s_addr = htonl(0xc0000201) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct tcp_view *view =
        tcp_view_begin(fd, (const struct sockaddr *)&there, sizeof(there), &trace);
    tcp_view_dropped(view);
    tcp_view_free(view);
    assert_int_equal(told.count, 1);
    assert_string_equal(told.facts[0].name, "net.silent");
    (void)close(fd);
}

static void a_refusal_is_told_with_its_error(void **state)
{
    (void)state;
    struct told told = { 0 };
    const struct trace trace = { take_fact, &told };
    /* A port that was just given back: nobody listens there. */
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(here);
    int taken = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(taken, (const struct sockaddr *)&here, sizeof(here)), 0);
    assert_int_equal(getsockname(taken, (struct sockaddr *)&here, &len), 0);

    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct tcp_view *view =
        tcp_view_begin(fd, (const struct sockaddr *)&here, sizeof(here), &trace);
    assert_int_equal(connect(fd, (const struct sockaddr *)&here, sizeof(here)), -1);
    tcp_view_failed(view, ECONNREFUSED);
    tcp_view_free(view);
    assert_string_equal(told.facts[told.count - 1].name, "net.failed");
    (void)close(fd);
    (void)close(taken);
}

/* A whole connection, with data in it; `resets`: our end throws it away. */
static void tell_whole_connection(struct told *told, int family, bool resets)
{
    const struct trace trace = { take_fact, told };
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct sockaddr_in6 here6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    struct sockaddr *address =
        family == AF_INET ? (struct sockaddr *)&here : (struct sockaddr *)&here6;
    socklen_t len = family == AF_INET ? sizeof(here) : sizeof(here6);
    const struct linger at_once = { .l_onoff = 1 };
    int listener;
    assert_int_equal(endpoint_listen(address, len, &listener), OK);
    assert_int_equal(getsockname(listener, address, &len), 0);
    int client = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct tcp_view *view = tcp_view_begin(client, address, len, &trace);
    assert_int_equal(connect(client, address, len), 0);
    tcp_view_connected(view);
    int server = accept(listener, NULL, NULL);
    assert_int_equal(write(client, "data", 4), 4);
    tcp_view_end(view);
    if (resets)
        assert_int_equal(setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)), 0);
    (void)close(client);
    char data[8];
    if (!resets)
        assert_int_equal(read(server, data, sizeof(data)), 4);
    (void)close(server);
    (void)close(listener);
    tcp_view_closed(view);
    tcp_view_free(view);
}

static void who_may_capture_sees_the_end_and_nothing_between(void **state)
{
    struct wire *w = *state;
    if (w->client_told.facts[segment(&w->client_told, "SYN")].relative) {
        print_message("skipped: capturing takes CAP_NET_RAW\n");
        skip();
    }
    static const int families[] = { AF_INET, AF_INET6 };
    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        struct told told = { 0 };
        tell_whole_connection(&told, families[i], false);
        size_t count = told.count, info = count - 3;
        assert_string_equal(told.facts[info].name, "tcp.info");
        assert_string_equal(told.facts[count - 2].flags, "FIN-ACK");
        assert_int_equal(told.facts[count - 2].out, 1);
        assert_string_equal(told.facts[count - 1].flags, "FIN-ACK");
        assert_int_equal(told.facts[count - 1].out, 0);
        assert_int_equal(told.facts[count - 1].ack, (uint32_t)(told.facts[count - 2].seq + 1));

        told = (struct told){ 0 };
        tell_whole_connection(&told, families[i], true);
        assert_string_equal(told.facts[told.count - 2].name, "tcp.info");
        assert_string_equal(told.facts[told.count - 1].flags, "RST");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ends_tell_the_three_segments_in_order),
        cmocka_unit_test(of_a_connection_that_is_not_the_kernels_nothing_is_invented),
        cmocka_unit_test(the_server_knows_the_syn_without_any_privilege),
        cmocka_unit_test(segments_are_as_old_as_they_are),
        cmocka_unit_test(who_was_not_waited_for_is_told),
        cmocka_unit_test(who_may_capture_sees_the_numbers),
        cmocka_unit_test(who_may_capture_sees_the_end_and_nothing_between),
        cmocka_unit_test(a_refusal_is_told_with_its_error),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
