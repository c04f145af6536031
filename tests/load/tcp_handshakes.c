/* SPDX-License-Identifier: BSD-2-Clause */
/* COUNT: so many handshakes between two of our stacks in one process, each connection reset once it stands; then what is
 * kept of a connection at each stage. Prints "handshakes_per_s N flow N pending N time_wait N flow_whole N pending_whole N
 * time_wait_whole N": octets of the record, and of it with its parts of the table, the wheel and lists. */
#include "base/check.h"
#include "tcpip/flow.h"
#include "tcpip/pending.h"
#include "tcpip/tcp/flow_internal.h"
#include "tcpip/time_wait.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PORT = 22, MTU = 1500, FLOWS = 1024, AT_A_TIME = 64 };

static uint64_t state = 88172645463325252ULL;

static void fill_random(void *context, struct span out)
{
    (void)context;
    for (size_t i = 0; i < out.len; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        out.data[i] = (uint8_t)state;
    }
}

static double seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct stack *stack_at(const char *address)
{
    static const struct rng rng = { fill_random, NULL };
    struct stack_setup setup = { .address_count = 1,
                                 .mtu = MTU,
                                 .has_large_segments = true,
                                 .flow_max = FLOWS,
                                 .pending_max = FLOWS,
                                 .time_wait_max = FLOWS,
                                 .chunk_max = 64,
                                 .congestion = CONGESTION_CUBIC,
                                 .rng = &rng };
    CHECK(ip_address_parse(bytes_text(address), &setup.addresses[0]));
    struct stack *stack = stack_new(&setup, (struct instant){ 0 });
    CHECK(stack);
    return stack;
}

/* All that one has to say. True: it had something. */
static bool carry(struct stack *from, struct stack *to, struct instant now)
{
    uint8_t packet[MTU];
    struct stack_frame frame;
    bool has = false;
    while (stack_output(from, now, &frame)) {
        CHECK(frame.len == frame.header_len); /* handshakes and resets carry nothing */
        memcpy(packet, frame.header, frame.header_len);
        const struct stack_packet fed = { bytes_of(packet, frame.header_len), true };
        stack_feed(to, &fed, now);
        has = true;
    }
    return has;
}

/* Those that stand are reset by the side that was asked. */
static size_t take_opened(struct stack *stack, bool resets, struct instant now)
{
    struct flow_event event;
    size_t opened = 0;
    while (stack_next(stack, &event)) {
        if (event.kind == FLOW_OPENED) {
            opened++;
            if (resets)
                flow_abort(event.flow, now);
        } else if (event.kind == FLOW_RESET) {
            flow_release(event.flow, now);
        }
    }
    return opened;
}

int main(int argc, char **argv)
{
    long wanted = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
    struct stack *client = stack_at("192.0.2.1"), *server = stack_at("192.0.2.2");
    struct ip_endpoint remote = { .port = PORT };
    struct instant now = { 0 };
    size_t done = 0;
    CHECK(ip_address_parse(BYTES_LITERAL("192.0.2.2"), &remote.address));
    CHECK(flow_listen(server, PORT, false) == OK);
    double begin = seconds();
    while (done < (size_t)wanted) {
        for (int i = 0; i < AT_A_TIME; i++) {
            struct flow *flow;
            CHECK(flow_connect(client, &remote, 0, now, &flow) == OK);
        }
        bool is_moving = true;
        while (is_moving) {
            is_moving = carry(client, server, now);
            done += take_opened(server, true, now);
            is_moving |= carry(server, client, now);
            (void)take_opened(client, false, now);
        }
        now.us += 1000;
    }
    double took = seconds() - begin;
    (void)printf("handshakes_per_s %.0f flow %zu pending %zu time_wait %zu", (double)done / took,
                 sizeof(struct flow), sizeof(struct pending_entry), sizeof(struct time_wait_entry));
    (void)printf(" flow_whole %zu pending_whole %zu time_wait_whole %zu\n",
                 sizeof(struct flow) + STACK_OCTETS_OF_FLOW, STACK_OCTETS_PENDING,
                 STACK_OCTETS_TIME_WAIT);
    stack_free(client);
    stack_free(server);
    return 0;
}
