/* SPDX-License-Identifier: BSD-2-Clause */
/* The simple services of load/tcp_kernel.c by our own TCP: NAME ADDRESS/PREFIX makes the TUN device NAME, answers as
 * ADDRESS, says "ready" and runs until stdin ends. For measuring the stack and its device alone: no other process, no
 * socket pair. */
#include "base/check.h"
#include "programs/common/tun_option.h"
#include "programs/tcp/tcp_wire.h"
#include "tcpip/flow.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum { ECHO = 7, DISCARD = 9, ONCE = 13, SOURCE = 19 };
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
                               { .fd = 0, .events = POLLIN } };
    bool is_busy = false;
    while (!polled[1].revents) {
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

int main(int argc, char **argv)
{
    static const uint16_t ports[] = { ECHO, DISCARD, ONCE, SOURCE };
    static const struct rng rng = { fill_random, NULL };
    scoped(buf) problem = BUF_EMPTY(PROBLEM_MAX);
    struct tun_options options = { .count = 0 };
    char text[128];
    (void)snprintf(text, sizeof(text), "%s=%s", argc > 2 ? argv[1] : "", argc > 2 ? argv[2] : "");
    if (tun_option_add(&options, text, &problem) != OK) {
        (void)fprintf(stderr, "%s\n", buf_text(&problem));
        return 2;
    }
    const struct tun_option *option = &options.items[0];
    struct tcp_wire wire = { .device_count = 1, .room = malloc(TUN_ROOM) };
    CHECK(wire.room);
    if (tun_open(option->name, MTU, &wire.devices[0]) != OK ||
        tun_add_address(option->name, &option->kernels, option->prefix_len) != OK) {
        perror(option->name);
        return 1;
    }
    const struct stack_setup setup = {
        .addresses = { option->address },
        .address_count = 1,
        .mtu = MTU,
        .has_large_segments = wire.devices[0].has_offloads,
        .flow_max = FLOWS,
        .pending_max = FLOWS,
        .time_wait_max = FLOWS,
        .chunk_max = CHUNKS,
        .congestion = CONGESTION_CUBIC,
        .rng = &rng,
    };
    struct stack *stack = stack_new(&setup, read_clock());
    CHECK(stack);
    for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
        CHECK(flow_listen(stack, ports[i], false) == OK);
    (void)printf("ready, large segments: %s\n", setup.has_large_segments ? "yes" : "no");
    (void)fflush(stdout);
    run(&wire, stack);
    stack_free(stack);
    return 0;
}
