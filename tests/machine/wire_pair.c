/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire_pair.h"

#include "base/check.h"
#include "tcpip/wire/checksum.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fill_random(void *context, struct span out)
{
    uint64_t *x = context;
    for (size_t i = 0; i < out.len; i++) {
        *x ^= *x << 13;
        *x ^= *x >> 7;
        *x ^= *x << 17;
        out.data[i] = (uint8_t)(*x >> 32);
    }
}

/* With WIRE_TRACE in the environment what both do is told, for a person who looks for a fault. */
static void print_fact(void *context, const struct trace_event *event,
                       const struct trace_field *fields, size_t count)
{
    const struct wire_pair *pair = context;
    fprintf(stderr, "%9.3f %s", (double)pair->now.us / 1000, event->name);
    for (size_t i = 0; i < count; i++) {
        if (fields[i].kind == TRACE_NUMBER)
            fprintf(stderr, " %s=%llu", fields[i].name, (unsigned long long)fields[i].number);
        else
            fprintf(stderr, " %s=%.*s", fields[i].name, (int)fields[i].octets.len,
                    (const char *)fields[i].octets.data);
    }
    fputc('\n', stderr);
}

static struct trace printer = { print_fact, NULL };
static struct rng rngs[2];
static uint64_t seeds[2];

static struct ip_address address(int host, int version)
{
    struct ip_address a = { .version = (uint8_t)version };
    if (version == 4)
        memcpy(a.octets, (uint8_t[]){ 192, 0, 2, (uint8_t)(1 + host) }, 4);
    else
        memcpy(a.octets, (uint8_t[16]){ 0x20, 1, 0x0d, 0xb8, [15] = (uint8_t)(1 + host) }, 16);
    return a;
}

struct ip_endpoint wire_pair_endpoint(int host, int version, uint16_t port)
{
    return (struct ip_endpoint){ address(host, version), port };
}

void wire_pair_init(struct wire_pair *pair, void (*change)(struct stack_setup *setup, int host))
{
    memset(pair, 0, sizeof(*pair));
    pair->now = (struct instant){ 1000 * 1000 };
    pair->delay_us = 5000;
    printer.context = pair;
    pair->random = 88172645463325252ULL;
    for (int host = 0; host < 2; host++) {
        seeds[host] = 0x9e3779b97f4a7c15ULL + (uint64_t)host;
        rngs[host] = (struct rng){ fill_random, &seeds[host] };
        struct stack_setup setup = {
            .addresses = { address(host, 4), address(host, 6) },
            .address_count = 2,
            .mtu = 1500,
            .flow_max = 64,
            .pending_max = 64,
            .time_wait_max = 64,
            .chunk_max = 1024,
            .rng = &rngs[host],
            .trace = getenv("WIRE_TRACE") ? &printer : NULL,
        };
        if (change)
            change(&setup, host);
        pair->hosts[host].stack = stack_new(&setup, pair->now);
        CHECK(pair->hosts[host].stack);
    }
}

void wire_pair_wipe(struct wire_pair *pair)
{
    for (size_t i = 0; i < pair->packet_count; i++)
        free(pair->packets[i].octets);
    for (int host = 0; host < 2; host++) {
        stack_free(pair->hosts[host].stack);
        free(pair->hosts[host].read);
    }
}

bool wire_pair_parse(struct bytes packet, struct ip_header *ip, struct tcp_segment *segment)
{
    return ip_header_parse(packet, ip) == OK && ip->protocol == IP_TCP &&
           tcp_segment_parse(ip, true, segment) == OK;
}

static void consume(struct wire_host *h, struct flow *flow, struct instant now)
{
    for (struct bytes data; !h->keeps_data && (data = flow_received(flow)).len > 0;) {
        if (h->read_len + data.len > h->read_size) {
            h->read_size = 2 * (h->read_len + data.len);
            h->read = realloc(h->read, h->read_size);
        }
        memcpy(h->read + h->read_len, data.data, data.len);
        h->read_len += data.len;
        flow_consume(flow, data.len, now);
    }
}

static void send_more(struct wire_host *h, struct instant now)
{
    if (!h->flow || !h->to_send)
        return;
    size_t sent = flow_send(h->flow, bytes_of(h->to_send, h->to_send_len), now);
    h->to_send += sent;
    h->to_send_len -= sent;
    if (h->to_send_len == 0) {
        h->to_send = NULL;
        if (h->closes_after_sending)
            flow_close(h->flow, now);
    }
}

static bool take_events(struct wire_pair *pair, int host)
{
    struct wire_host *h = &pair->hosts[host];
    struct flow_event event;
    bool had = false;
    while (!h->owner && stack_next(h->stack, &event)) {
        had = true;
        h->events[event.kind]++;
        h->last = event;
        h->flow = event.flow;
        if (event.kind == FLOW_DATA)
            consume(h, event.flow, pair->now);
        else if (event.kind == FLOW_PEER_CLOSED && h->closes_back)
            flow_close(event.flow, pair->now);
        else if (event.kind == FLOW_ROOM || event.kind == FLOW_OPENED)
            send_more(h, pair->now);
    }
    return had;
}

static void put_on_wire(struct wire_pair *pair, int from, const uint8_t *octets, size_t len,
                        int64_t late_us)
{
    CHECK(pair->packet_count < WIRE_PACKETS);
    struct wire_packet *p = &pair->packets[pair->packet_count++];
    *p = (struct wire_packet){
        malloc(len), len, { pair->now.us + pair->delay_us + late_us }, 1 - from
    };
    memcpy(p->octets, octets, len);
}

static void transmit_frame(struct wire_pair *pair, int from, const struct stack_frame *frame)
{
    static uint8_t octets[70000];
    memcpy(octets, frame->header, frame->header_len);
    size_t len = frame->header_len;
    for (size_t i = 0; i < frame->slice_count; i++) {
        memcpy(octets + len, frame->slices[i].data, frame->slices[i].len);
        len += frame->slices[i].len;
    }
    CHECK(len == frame->len);
    pair->sent[from]++;
    size_t kept = len < sizeof(pair->last_sent[0]) ? len : sizeof(pair->last_sent[0]);
    memcpy(pair->last_sent[from], octets, kept);
    pair->last_sent_len[from] = kept;
    struct wire_packet packet = { octets, len, pair->now, 1 - from };
    enum wire_fate fate = pair->filter ? pair->filter(pair, from, &packet) : WIRE_PASSES;
    if (fate == WIRE_IS_LOST)
        return;
    put_on_wire(pair, from, octets, len, fate == WIRE_COMES_LATE ? pair->delay_us : 0);
    if (fate == WIRE_COMES_TWICE)
        put_on_wire(pair, from, octets, len, 0);
}

static bool take_output(struct wire_pair *pair, int host)
{
    static struct stack_frame frame;
    bool had = false;
    while (stack_output(pair->hosts[host].stack, pair->now, &frame)) {
        transmit_frame(pair, host, &frame);
        had = true;
    }
    return had;
}

void wire_pair_feed(struct wire_pair *pair, int host, struct bytes packet)
{
    /* Exactly as long as it is, and gone when nobody may look at it any more. */
    uint8_t *copy = malloc(packet.len > 0 ? packet.len : 1);
    CHECK(copy);
    if (packet.len > 0)
        memcpy(copy, packet.data, packet.len);
    bool is_known = pair->has_large_segments;
    stack_feed(pair->hosts[host].stack,
               &(struct stack_packet){ bytes_of(copy, packet.len), is_known }, pair->now);
    take_events(pair, host);
    if (pair->hosts[host].owner)
        pair->hosts[host].owner();
    memset(copy, 0xdd, packet.len);
    free(copy);
}

void wire_pair_feed_segment(struct wire_pair *pair, int host, const struct ip_endpoint *from,
                            const struct ip_endpoint *to, const struct tcp_segment *segment)
{
    uint8_t out[2048];
    struct tcp_segment s = *segment;
    s.source_port = from->port;
    s.destination_port = to->port;
    struct ip_header ip = {
        .source = from->address, .destination = to->address, .protocol = IP_TCP, .ttl = 64
    };
    size_t tcp_len = TCP_HEADER_LEN + tcp_segment_options_len(&s.options);
    size_t at = ip_header_write(&ip, tcp_len + s.payload.len, out);
    tcp_segment_write(&s, out + at);
    if (s.payload.len > 0)
        memcpy(out + at + tcp_len, s.payload.data, s.payload.len);
    size_t len = tcp_len + s.payload.len;
    uint64_t sum = checksum_pseudo_header(&ip.source, &ip.destination, IP_TCP, (uint32_t)len);
    uint16_t checksum = checksum_finish(checksum_add(sum, bytes_of(out + at, len)));
    out[at + 16] = (uint8_t)(checksum >> 8);
    out[at + 17] = (uint8_t)checksum;
    wire_pair_feed(pair, host, bytes_of(out, at + len));
}

static bool deliver(struct wire_pair *pair)
{
    for (size_t i = 0; i < pair->packet_count; i++) {
        if (!instant_reached(pair->now, pair->packets[i].at))
            continue;
        struct wire_packet p = pair->packets[i];
        memmove(&pair->packets[i], &pair->packets[i + 1], (--pair->packet_count - i) * sizeof(p));
        wire_pair_feed(pair, p.to, bytes_of(p.octets, p.len));
        free(p.octets);
        return true;
    }
    return false;
}

void wire_pair_pump(struct wire_pair *pair)
{
    bool had;
    do {
        had = deliver(pair);
        for (int host = 0; host < 2; host++) {
            had |= take_events(pair, host);
            had |= take_output(pair, host);
        }
    } while (had);
}

void wire_pair_run(struct wire_pair *pair, int64_t ms)
{
    struct instant end = instant_after(pair->now, ms);
    for (;;) {
        wire_pair_pump(pair);
        struct instant next = end;
        for (int host = 0; host < 2; host++)
            next = instant_earlier(next, stack_deadline(pair->hosts[host].stack));
        for (size_t i = 0; i < pair->packet_count; i++)
            next = instant_earlier(next, pair->packets[i].at);
        if (instant_reached(next, end)) {
            pair->now = end;
            for (int host = 0; host < 2; host++)
                stack_expire(pair->hosts[host].stack, pair->now);
            wire_pair_pump(pair);
            return;
        }
        if (next.us > pair->now.us)
            pair->now = next;
        for (int host = 0; host < 2; host++)
            stack_expire(pair->hosts[host].stack, pair->now);
    }
}

void wire_pair_connect(struct wire_pair *pair, int version)
{
    struct ip_endpoint to = wire_pair_endpoint(1, version, 80);
    CHECK(flow_listen(pair->hosts[1].stack, 80, false) == OK);
    CHECK(flow_connect(pair->hosts[0].stack, &to, 0, pair->now, &pair->hosts[0].flow) == OK);
    wire_pair_run(pair, 100);
    for (int host = 0; host < 2; host++)
        CHECK(pair->hosts[host].flow &&
              flow_status(pair->hosts[host].flow).state == FLOW_STATE_ESTABLISHED);
}
