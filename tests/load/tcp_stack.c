/* SPDX-License-Identifier: BSD-2-Clause */
/* The simple services of load/tcp_kernel.c by our own TCP:
 * [--ecn] [--no-timestamps] [--call ADDRESS] NAME ADDRESS/PREFIX makes the TUN device NAME, answers as ADDRESS, says "ready"
 * and runs until stdin ends. For measuring the stack and its device alone: no other process, no socket pair.
 *
 * With --call it connects to the echo of ADDRESS itself, sends two MiB and closes; when all is over it ends, and says whether
 * the same came back, and what was agreed on: "same 1 timestamps 1 sack 1 window_scaling 1 ecn 1". */
#include "base/check.h"
#include "programs/common/tun_option.h"
#include "programs/tcp/tcp_wire.h"
#include "tcpip/flow.h"

#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum { ECHO = 7, DISCARD = 9, ONCE = 13, SOURCE = 19 };
enum { CALL_OCTETS = 2 * 1024 * 1024 };
enum { MTU = 1500, FLOWS = 65536, CHUNKS = 16384, TURN = 64, IDLE_MS = 1000, PROBLEM_MAX = 512 };

static struct instant read_clock(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (struct instant){ now.tv_sec * (int64_t)1000000 + now.tv_nsec / 1000 };
}

static void fill_random(void *context, struct span out)
{
    (void)context;
    CHECK(getrandom(out.data, out.len, 0) == (ssize_t)out.len);
}

static struct call {
    struct ip_endpoint remote; /* version 0: nobody is called */
    struct flow *flow;
    uint32_t sent, received;
    bool is_changed, is_over, was_closed;
    struct flow_status agreed;
} call;

static uint8_t octet_at(uint32_t place)
{
    return (uint8_t)(place * 2654435761U >> 23);
}

static void say_more(struct instant now)
{
    struct span room;
    while (call.sent < CALL_OCTETS && (room = flow_room(call.flow)).len > 0) {
        size_t len = CALL_OCTETS - call.sent < room.len ? CALL_OCTETS - call.sent : room.len;
        for (size_t i = 0; i < len; i++)
            room.data[i] = octet_at(call.sent + (uint32_t)i);
        call.sent += (uint32_t)len;
        flow_commit(call.flow, len, now);
    }
    if (call.sent == CALL_OCTETS)
        flow_close(call.flow, now);
}

static void hear(struct instant now)
{
    struct bytes data;
    while ((data = flow_received(call.flow)).len > 0) {
        for (size_t i = 0; i < data.len; i++)
            call.is_changed |= data.data[i] != octet_at(call.received + (uint32_t)i);
        call.received += (uint32_t)data.len;
        flow_consume(call.flow, data.len, now);
    }
}

static void take_event_of_call(const struct flow_event *event, struct instant now)
{
    if (event->kind == FLOW_OPENED)
        call.agreed = flow_status(call.flow);
    if (event->kind == FLOW_OPENED || event->kind == FLOW_ROOM)
        say_more(now);
    else if (event->kind == FLOW_DATA)
        hear(now);
    if (event->kind < FLOW_CLOSED)
        return;
    call.is_over = true;
    call.was_closed = event->kind == FLOW_CLOSED;
    flow_release(call.flow, now);
}

static void print_call(void)
{
    bool is_same = call.was_closed && call.received == CALL_OCTETS && !call.is_changed;
    (void)printf("same %d timestamps %d sack %d window_scaling %d ecn %d\n", is_same,
                 call.agreed.has_timestamps, call.agreed.has_sack, call.agreed.has_scale,
                 call.agreed.has_ecn);
}

static void fill(struct flow *flow, struct instant now)
{
    struct span room;
    while ((room = flow_room(flow)).len > 0)
        flow_commit(flow, room.len, now); /* whatever is there */
}

static void take_data(struct flow *flow, uint16_t port, struct instant now)
{
    struct bytes data;
    while ((data = flow_received(flow)).len > 0) {
        size_t count = data.len;
        if (port == ECHO || port == ONCE)
            count = flow_send(flow, data, now);
        if (count == 0)
            return;
        flow_consume(flow, count, now);
        if (port == ONCE)
            flow_close(flow, now);
    }
}

static void take_event(const struct flow_event *event, struct instant now)
{
    struct flow *flow = event->flow;
    if (flow == call.flow && !call.is_over) {
        take_event_of_call(event, now);
        return;
    }
    uint16_t port = flow_status(flow).local.port;
    switch (event->kind) {
    case FLOW_OPENED: {
        struct flow_options options = flow_options(flow);
        options.no_delay = true;
        flow_set_options(flow, &options, now);
        if (port == SOURCE)
            fill(flow, now);
        break;
    }
    case FLOW_DATA:
        take_data(flow, port, now);
        break;
    case FLOW_ROOM:
        if (port == SOURCE)
            fill(flow, now);
        else
            take_data(flow, port, now);
        break;
    case FLOW_PEER_CLOSED:
        flow_close(flow, now);
        break;
    case FLOW_CLOSED:
    case FLOW_REFUSED:
    case FLOW_RESET:
    case FLOW_TIMED_OUT:
    case FLOW_UNREACHABLE:
        flow_release(flow, now);
        break;
    case FLOW_ASKED:
    case FLOW_ACKED:
    case FLOW_SOFT_ERROR:
    case FLOW_SLOW:
    case FLOW_URGENT:
        break;
    }
}

static void drain(struct stack *stack, struct instant now)
{
    struct flow_event event;
    while (stack_next(stack, &event))
        take_event(&event, now);
}

static void run(struct tcp_wire *wire, struct stack *stack)
{
    struct pollfd polled[] = { { .fd = wire->devices[0].fd, .events = POLLIN },
                               { .fd = call.flow ? -1 : 0, .events = POLLIN } };
    bool is_busy = false;
    while (!polled[1].revents && !call.is_over) {
        int64_t until = stack_deadline(stack).us - read_clock().us;
        int wait = is_busy || until <= 0    ? 0
                   : until > IDLE_MS * 1000 ? IDLE_MS
                                            : (int)(until / 1000) + 1;
        (void)poll(polled, 2, wait);
        struct instant now = read_clock();
        wire->can_read[0] = true;
        is_busy = false;
        if (instant_reached(now, stack_deadline(stack)))
            stack_expire(stack, now);
        for (int i = 0; i < TURN && tcp_wire_feed(wire, stack, now); i++)
            drain(stack, now);
        drain(stack, now);
        is_busy = tcp_wire_flush(wire, stack, now, TURN) || wire->can_read[0];
    }
}

static bool take_options(int argc, char **argv, struct stack_setup *setup)
{
    static const struct option known[] = {
        { "ecn", no_argument, NULL, 'e' },
        { "no-timestamps", no_argument, NULL, 't' },
        { "call", required_argument, NULL, 'c' },
        { NULL, 0, NULL, 0 },
    };
    for (int option; (option = getopt_long(argc, argv, "+", known, NULL)) != -1;) {
        if (option == 'e')
            setup->asks_for_ecn = true;
        else if (option == 't')
            setup->has_no_timestamps = true;
        else if (option != 'c' || !ip_address_parse(bytes_text(optarg), &call.remote.address))
            return false;
    }
    call.remote.port = ECHO;
    return argc - optind == 2;
}

static struct tun_option tun_of(char **words)
{
    scoped(buf) problem = BUF_EMPTY(PROBLEM_MAX);
    struct tun_options options = { .count = 0 };
    char text[128];
    (void)snprintf(text, sizeof(text), "%s=%s", words[0], words[1]);
    if (tun_option_add(&options, text, &problem) != OK) {
        (void)fprintf(stderr, "%s\n", buf_text(&problem));
        exit(2);
    }
    return options.items[0];
}

int main(int argc, char **argv)
{
    static const uint16_t ports[] = { ECHO, DISCARD, ONCE, SOURCE };
    static const struct rng rng = { fill_random, NULL };
    struct stack_setup setup = {
        .address_count = 1,
        .mtu = MTU,
        .flow_max = FLOWS,
        .pending_max = FLOWS,
        .time_wait_max = FLOWS,
        .chunk_max = CHUNKS,
        .congestion = CONGESTION_CUBIC,
        .rng = &rng,
    };
    if (!take_options(argc, argv, &setup)) {
        (void)fprintf(stderr, "usage: tcp_stack [--ecn] [--no-timestamps] [--call ADDRESS] NAME "
                              "ADDRESS/PREFIX\n");
        return 2;
    }
    const struct tun_option option = tun_of(argv + optind);
    struct tcp_wire wire = { .device_count = 1, .room = malloc(TUN_ROOM) };
    CHECK(wire.room);
    if (tun_open(option.name, MTU, &wire.devices[0]) != OK ||
        tun_add_address(option.name, &option.kernels, option.prefix_len) != OK) {
        perror(option.name);
        return 1;
    }
    setup.addresses[0] = option.address;
    setup.has_large_segments = wire.devices[0].has_offloads;
    struct stack *stack = stack_new(&setup, read_clock());
    CHECK(stack);
    for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
        CHECK(flow_listen(stack, ports[i], false) == OK);
    (void)printf("ready, large segments: %s\n", setup.has_large_segments ? "yes" : "no");
    (void)fflush(stdout);
    if (call.remote.address.version != 0 &&
        flow_connect(stack, &call.remote, 0, read_clock(), &call.flow) != OK)
        call.is_over = true;
    run(&wire, stack);
    if (call.is_over)
        print_call();
    stack_free(stack);
    free(wire.room);
    return 0;
}
