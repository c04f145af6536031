/* SPDX-License-Identifier: BSD-2-Clause */
/* Whatever a peer, time and an owner do to a stack: every packet it sends is whole and fits its link, and when the owner
 * lets go all memory comes back. The input is a list of steps; numbers are relative to those last seen, so that few octets
 * reach deep. */
#include "base/reader.h"
#include "fuzz/fuzz.h"
#include "machine/wire_pair.h"

enum { MTU = 1500, FINISH_S = 400 };

static struct wire_pair pair;
static uint32_t peer_next, subject_next; /* of the last segment that the stack sent */

static void note_output(void)
{
    static struct stack_frame frame;
    static uint8_t octets[MTU];
    while (stack_output(pair.hosts[1].stack, pair.now, &frame)) {
        CHECK(frame.len <= MTU);
        size_t at = frame.header_len;
        memcpy(octets, frame.header, at);
        for (size_t i = 0; i < frame.slice_count; at += frame.slices[i++].len)
            memcpy(octets + at, frame.slices[i].data, frame.slices[i].len);
        CHECK(at == frame.len);
        struct ip_header ip;
        struct tcp_segment s;
        CHECK(ip_header_parse(bytes_of(octets, at), &ip) == OK);
        if (ip.protocol != IP_TCP)
            continue;
        CHECK(tcp_segment_parse(&ip, false, &s) == OK);
        subject_next = s.seq + tcp_segment_len(&s);
        if (s.flags & TCP_ACK)
            peer_next = s.ack;
    }
}

/* The owner holds one flow at most, and lets go of others. */
static void take_events(void)
{
    struct wire_host *h = &pair.hosts[1];
    struct flow_event event;
    while (stack_next(h->stack, &event)) {
        bool is_over = event.kind >= FLOW_CLOSED;
        if (event.kind == FLOW_ASKED)
            flow_admit(event.flow, pair.now);
        if (!h->flow)
            h->flow = event.flow;
        if (h->flow != event.flow || is_over) {
            h->flow = h->flow == event.flow ? NULL : h->flow;
            flow_release(event.flow, pair.now);
        }
    }
}

static void pass(int64_t ms)
{
    pair.now = instant_after(pair.now, ms);
    stack_expire(pair.hosts[1].stack, pair.now);
    take_events();
    note_output();
}

static void hear_segment(struct reader *r)
{
    static const uint8_t payload[256];
    uint8_t flags = reader_u8(r, "flags");
    uint32_t seq = peer_next + (uint32_t)(int16_t)reader_u16(r, "seq");
    uint32_t ack = subject_next + (uint32_t)(int16_t)reader_u16(r, "ack");
    uint16_t window = reader_u16(r, "window");
    uint8_t options = reader_u8(r, "options");
    struct tcp_segment s = {
        .seq = seq,
        .ack = ack,
        .flags = flags,
        .window = window,
        .urgent_pointer = window,
        .options = {
            .has_mss = options & 1,
            .mss = window,
            .has_scale = options & 2,
            .scale = options >> 4,
            .has_sack_permitted = options & 4,
            .has_timestamps = options & 8,
            .timestamp = options,
            .sack_count = flags & TCP_ACK && options & 16,
            .sacks = { { ack - 1000, ack + (uint32_t)window } },
        },
        .payload = bytes_of(payload, reader_u8(r, "len")),
    };
    struct ip_endpoint from = wire_pair_endpoint(0, 4, 1000),
                       to = wire_pair_endpoint(1, 4, 80 + (options >> 7));
    wire_pair_feed_segment(&pair, 1, &from, &to, &s);
}

static void act(uint8_t what)
{
    static const uint8_t data[4000];
    struct wire_host *h = &pair.hosts[1];
    struct ip_endpoint to = wire_pair_endpoint(0, 4, 1000);
    if (!h->flow) {
        if (flow_connect(h->stack, &to, 80, pair.now, &h->flow) != OK)
            h->flow = NULL;
        return;
    }
    switch (what % 8) {
    case 0:
        flow_close(h->flow, pair.now);
        break;
    case 1:
        flow_abort(h->flow, pair.now);
        h->flow = NULL;
        break;
    case 2:
        flow_release(h->flow, pair.now);
        h->flow = NULL;
        break;
    case 3:
        flow_consume(h->flow, flow_received(h->flow).len, pair.now);
        break;
    default:
        (void)flow_send(h->flow, bytes_of(data, what * 15), pair.now);
        break;
    }
}

static void step(struct reader *r)
{
    uint8_t what = reader_u8(r, "step");
    if (what < 160)
        hear_segment(r);
    else if (what < 200)
        pass(1 << what % 16);
    else if (what < 240)
        act(what);
    else
        wire_pair_feed(&pair, 1, reader_octets(r, "packet", reader_u8(r, "len")));
    take_events();
    note_output();
}

static void use_little(struct stack_setup *setup, int host)
{
    (void)host;
    setup->flow_max = setup->pending_max = setup->time_wait_max = 3;
    setup->chunk_max = 8;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wire_pair_init(&pair, use_little);
    pair.hosts[1].owner = take_events;
    CHECK(flow_listen(pair.hosts[1].stack, 80, false) == OK);
    CHECK(flow_listen(pair.hosts[1].stack, 81, true) == OK);
    struct reader r = reader_over(bytes_of(data, size), NULL);
    while (reader_more(&r))
        step(&r);
    if (pair.hosts[1].flow)
        flow_release(pair.hosts[1].flow, pair.now);
    pair.hosts[1].flow = NULL;
    for (int i = 0; i < FINISH_S; i++)
        pass(1000);
    const struct stack_counts *counts = stack_counts(pair.hosts[1].stack);
    CHECK(counts->flows_now == 0 && counts->pending_now == 0 && counts->time_wait_now == 0);
    wire_pair_wipe(&pair);
    return 0;
}
