/* SPDX-License-Identifier: BSD-2-Clause */
/* A peer that says anything: segments of all kinds with numbers near those that matter, packets that are damaged, and an
 * owner who does anything, too. Whatever happens, all memory comes back and everything ends. */
#include "machine/wire_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { FLOWS = 8, STEPS = 4000, SEEDS = 12 };

static struct wire_pair pair;
static struct flow *flows[FLOWS];        /* that the owner holds */
static uint32_t peer_next, subject_next; /* of the last segment seen */
static uint64_t seed;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(seed >> 33) % sides;
}

static enum wire_fate note(struct wire_pair *w, int from, struct wire_packet *packet)
{
    (void)w;
    (void)from;
    struct ip_header ip;
    struct tcp_segment s;
    if (wire_pair_parse(bytes_of(packet->octets, packet->len), &ip, &s)) {
        subject_next = s.seq + tcp_segment_len(&s);
        if (s.flags & TCP_ACK)
            peer_next = s.ack;
    }
    return WIRE_IS_LOST;
}

static bool is_over(enum flow_event_kind kind)
{
    return kind >= FLOW_CLOSED;
}

/* The owner: reads or does not, answers or does not. */
static void take_events(void)
{
    struct flow_event event;
    while (stack_next(pair.hosts[1].stack, &event)) {
        size_t i = 0;
        while (i < FLOWS && flows[i] != event.flow)
            i++;
        if (i == FLOWS) {
            for (i = 0; i < FLOWS && flows[i]; i++)
                ;
            if (i == FLOWS) {
                flow_release(event.flow, pair.now);
                continue;
            }
            flows[i] = event.flow;
        }
        if (event.kind == FLOW_DATA && dice(4) > 0) {
            size_t len = flow_received(event.flow).len;
            flow_consume(event.flow, dice(2) ? len : dice((uint32_t)len + 1), pair.now);
        } else if (event.kind == FLOW_ASKED) {
            if (dice(3) > 0) {
                flow_admit(event.flow, pair.now);
            } else {
                flow_refuse(event.flow, (enum flow_refusal)dice(4), pair.now);
                flows[i] = NULL;
            }
        } else if (is_over(event.kind)) {
            flow_release(event.flow, pair.now);
            flows[i] = NULL;
        }
    }
}

static struct tcp_segment any_segment(void)
{
    static const uint8_t likely[] = {
        TCP_SYN,           TCP_SYN | TCP_ACK, TCP_ACK, TCP_ACK,           TCP_ACK,
        TCP_ACK | TCP_PSH, TCP_FIN | TCP_ACK, TCP_RST, TCP_RST | TCP_ACK, TCP_SYN
    };
    static const uint32_t distances[] = { 0, 0, 0, 0, 1, UINT32_MAX, 1448, 5000, 65535, 1U << 31 };
    static uint8_t data[3000];
    struct tcp_segment s = {
        .seq = peer_next + distances[dice(10)] + (dice(4) ? 0 : dice(3000)),
        .ack = subject_next + (dice(3) ? 0 : distances[dice(10)]) - (dice(3) ? 0 : dice(2000)),
        .flags = dice(10) ? likely[dice(10)] : (uint8_t)dice(256),
        .window = (uint16_t)(dice(3) ? dice(65536) : 0),
        .urgent_pointer = (uint16_t)dice(65536),
        .options = {
            .has_mss = dice(2),
            .mss = (uint16_t)(dice(2) ? 1460 : dice(65536)),
            .has_scale = dice(2),
            .scale = (uint8_t)dice(20),
            .has_sack_permitted = dice(2),
            .has_timestamps = dice(2),
            .timestamp = 1000 + dice(50),
            .timestamp_echo = dice(2) ? dice(UINT32_MAX) : 0,
        },
    };
    if (!(s.flags & TCP_SYN))
        s.options.has_mss = s.options.has_scale = s.options.has_sack_permitted = false;
    if (s.flags & TCP_ACK && dice(3) == 0) {
        s.options.sack_count = (uint8_t)(1 + dice(3));
        for (size_t i = 0; i < s.options.sack_count; i++) {
            s.options.sacks[i].begin = subject_next - dice(20000);
            s.options.sacks[i].end = s.options.sacks[i].begin + dice(5000);
        }
    }
    s.payload = bytes_of(data, dice(3) ? dice(1000) : 0);
    return s;
}

static void peer_says_something(void)
{
    struct ip_endpoint from = wire_pair_endpoint(0, 4, (uint16_t)(1000 + dice(3)));
    struct ip_endpoint to = wire_pair_endpoint(1, 4, (uint16_t)(80 + dice(3)));
    struct tcp_segment s = any_segment();
    wire_pair_feed_segment(&pair, 1, &from, &to, &s);
}

static void owner_does_something(void)
{
    static uint8_t data[5000];
    struct stack *stack = pair.hosts[1].stack;
    size_t i = dice(FLOWS);
    struct flow *flow = flows[i];
    if (!flow) {
        struct ip_endpoint to = wire_pair_endpoint(0, 4, (uint16_t)(1000 + dice(3)));
        if (flow_connect(stack, &to, (uint16_t)(80 + dice(3)), pair.now, &flows[i]) != OK)
            flows[i] = NULL;
        return;
    }
    switch (dice(13)) {
    case 0:
        flow_close(flow, pair.now);
        break;
    case 1:
        flow_abort(flow, pair.now);
        flows[i] = NULL;
        break;
    case 2:
        flow_release(flow, pair.now);
        flows[i] = NULL;
        break;
    case 3:
        flow_abandon(flow, pair.now);
        flows[i] = NULL;
        break;
    case 4:
        flow_mark_urgent(flow, pair.now);
        break;
    case 5:
        flow_consume(flow, flow_received(flow).len, pair.now);
        break;
    default:
        flow_send(flow, bytes_of(data, dice(sizeof(data))), pair.now);
        break;
    }
}

static void use_little(struct stack_setup *setup, int host)
{
    (void)host;
    setup->flow_max = 6;
    setup->pending_max = 2;
    setup->time_wait_max = 2;
    setup->chunk_max = 16;
}

static void output(void)
{
    static struct stack_frame frame;
    static uint8_t octets[2048];
    while (stack_output(pair.hosts[1].stack, pair.now, &frame)) {
        assert_true(frame.len <= 1500);
        memcpy(octets, frame.header, frame.header_len);
        size_t at = frame.header_len;
        for (size_t i = 0; i < frame.slice_count; at += frame.slices[i++].len)
            memcpy(octets + at, frame.slices[i].data, frame.slices[i].len);
        assert_int_equal(at, frame.len);
        struct wire_packet packet = { .octets = octets, .len = frame.len };
        note(&pair, 1, &packet);
        /* What is sent is right in itself. */
        struct ip_header ip;
        struct tcp_segment s;
        assert_int_equal(ip_header_parse(bytes_of(octets, at), &ip), OK);
        if (ip.protocol == IP_TCP)
            assert_int_equal(tcp_segment_parse(&ip, false, &s), OK);
    }
}

static void pass(int64_t us)
{
    pair.now.us += us;
    stack_expire(pair.hosts[1].stack, pair.now);
    take_events();
    output();
}

static void finish(void)
{
    for (size_t i = 0; i < FLOWS; i++) {
        if (flows[i])
            flow_release(flows[i], pair.now);
        flows[i] = NULL;
    }
    for (int i = 0; i < 600; i++)
        pass(1000 * 1000);
    const struct stack_counts *counts = stack_counts(pair.hosts[1].stack);
    assert_int_equal(counts->flows_now, 0);
    assert_int_equal(counts->pending_now, 0);
    assert_int_equal(counts->time_wait_now, 0);
    assert_true(counts->chunks_now <= 1); /* of an answer of ICMP that has left */
}

static void whatever_is_said_and_done_all_ends_well(void **unused)
{
    (void)unused;
    for (uint64_t i = 1; i <= SEEDS; i++) {
        seed = i * 1000003;
        wire_pair_init(&pair, use_little);
        pair.hosts[1].owner = take_events;
        struct stack *stack = pair.hosts[1].stack;
        assert_int_equal(flow_listen(stack, 80, false), OK);
        assert_int_equal(flow_listen(stack, 81, true), OK);
        for (int step = 0; step < STEPS; step++) {
            if (dice(3) > 0)
                peer_says_something();
            else
                owner_does_something();
            take_events();
            output();
            pass(dice(20) ? dice(2000) : dice(3000000));
        }
        finish();
        wire_pair_wipe(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_is_said_and_done_all_ends_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
