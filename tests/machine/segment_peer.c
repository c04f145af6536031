/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/segment_peer.h"

#include "base/check.h"

#include <string.h>

static void note_other(struct segment_peer *p, struct bytes packet)
{
    struct ip_header ip;
    p->others++;
    p->other = (struct icmp_message){ .meaning = ICMP_OTHER };
    p->other_quotes = (struct icmp_quote){ 0 };
    if (ip_header_parse(packet, &ip) == OK && icmp_message_parse(&ip, false, &p->other) == OK)
        (void)!icmp_message_quote(&p->other, &p->other_quotes);
    p->other.body = BYTES_NONE;
}

static enum wire_fate note(struct wire_pair *pair, int from, struct wire_packet *packet)
{
    struct segment_peer *p = pair->context;
    CHECK(from == 1 && p->sent_count < SEGMENT_PEER_SENT);
    size_t i = p->sent_count;
    if (!wire_pair_parse(bytes_of(packet->octets, packet->len), &p->ip[i], &p->sent[i])) {
        note_other(p, bytes_of(packet->octets, packet->len));
        return WIRE_IS_LOST;
    }
    p->sent_at[i] = pair->now;
    p->sent_count++;
    return WIRE_IS_LOST;
}

void segment_peer_init(struct segment_peer *p, void (*change)(struct stack_setup *setup, int host))
{
    memset(p, 0, sizeof(*p));
    wire_pair_init(&p->pair, change);
    p->pair.filter = note;
    p->pair.context = p;
    p->peer = wire_pair_endpoint(0, 4, SEGMENT_PEER_PORT);
    p->subject = wire_pair_endpoint(1, 4, SEGMENT_PEER_LISTENS);
    p->next = SEGMENT_PEER_ISS;
    p->window = 20000;
    CHECK(flow_listen(p->pair.hosts[1].stack, SEGMENT_PEER_LISTENS, false) == OK);
}

void segment_peer_wipe(struct segment_peer *p)
{
    wire_pair_wipe(&p->pair);
}

static void feed(struct segment_peer *p, uint32_t seq, uint32_t ack, uint8_t flags,
                 const struct tcp_options *options, const char *data)
{
    struct tcp_segment s = {
        .seq = seq,
        .ack = flags & TCP_ACK ? ack : 0,
        .flags = flags,
        .window = p->window,
        .options = *options,
        .payload = bytes_text(data),
    };
    wire_pair_feed_segment(&p->pair, 1, &p->peer, &p->subject, &s);
    wire_pair_pump(&p->pair);
}

void segment_peer_say_at(struct segment_peer *p, uint32_t seq, uint32_t ack, uint8_t flags,
                         const char *data)
{
    feed(p, seq, ack, flags, &p->options, data);
}

void segment_peer_say(struct segment_peer *p, uint8_t flags, const char *data)
{
    segment_peer_say_at(p, p->next, p->ack, flags, data);
}

void segment_peer_open(struct segment_peer *p, const struct tcp_options *options)
{
    static const struct tcp_options none;
    feed(p, p->next++, 0, TCP_SYN, options ? options : &none, NULL);
    CHECK(segment_peer_last(p)->flags & TCP_SYN);
    p->ack = segment_peer_last(p)->seq + 1;
    if (options && options->has_timestamps) {
        p->options.has_timestamps = true;
        p->options.timestamp = options->timestamp;
        p->options.timestamp_echo = segment_peer_last(p)->options.timestamp;
    }
    segment_peer_say(p, TCP_ACK, NULL);
    CHECK(segment_peer_flow(p));
    segment_peer_forget(p);
}

void segment_peer_forget(struct segment_peer *p)
{
    p->sent_count = 0;
}

void segment_peer_wait(struct segment_peer *p, int64_t ms)
{
    wire_pair_run(&p->pair, ms);
}

struct flow *segment_peer_flow(struct segment_peer *p)
{
    return p->pair.hosts[1].flow;
}

const struct tcp_segment *segment_peer_last(const struct segment_peer *p)
{
    CHECK(p->sent_count > 0);
    return &p->sent[p->sent_count - 1];
}
