/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/stack_icmp.h"

#include "tcpip/stack_events.h"
#include "tcpip/tcp/arrive.h"
#include "tcpip/tcp/flow_life.h"
#include "tcpip/tcp/flow_move.h"
#include "tcpip/tcp/reply.h"
#include "tcpip/tell.h"

#include <string.h>

static const char *meaning_text(enum icmp_meaning meaning)
{
    static const char *const texts[] = {
        [ICMP_ECHO_REQUEST] = "an echo is asked for",
        [ICMP_ECHO_REPLY] = "the echo",
        [ICMP_NET_UNREACHABLE] = "the network is unreachable",
        [ICMP_HOST_UNREACHABLE] = "the host is unreachable",
        [ICMP_PROTOCOL_UNREACHABLE] = "the protocol is unreachable",
        [ICMP_PORT_UNREACHABLE] = "the port is unreachable",
        [ICMP_PROHIBITED] = "it is prohibited",
        [ICMP_PACKET_TOO_BIG] = "a packet is too big",
        [ICMP_TIME_EXCEEDED] = "a packet was on its way for too long",
        [ICMP_FRAGMENTS_MISSING] = "fragments are missing",
        [ICMP_PARAMETER_PROBLEM] = "a header has a fault",
        [ICMP_OTHER] = "something else",
    };
    return texts[meaning];
}

/* Room for a packet of the link's size, in a chunk; empty if there is none. */
static struct span packet_room(struct stack *stack, uint32_t *chunk)
{
    bool has_place = outbox_room(&stack->outbox, &stack->chunks);
    *chunk = has_place ? chunks_take(&stack->chunks) : CHUNK_NONE;
    if (*chunk == CHUNK_NONE) {
        stack->counts.dropped_full++;
        return (struct span){ NULL, 0 };
    }
    struct span room = chunks_span(&stack->chunks, *chunk);
    if (room.len > stack->setup.mtu)
        room.len = stack->setup.mtu;
    return room;
}

/* Queues the packet of `len` octets in `room`; if `len` is 0, gives its chunk back. */
static void send_packet(struct stack *stack, struct span room, size_t len, uint32_t chunk,
                        uint8_t ip_version)
{
    if (len == 0) {
        chunks_give(&stack->chunks, chunk);
        return;
    }
    struct outbox_packet *packet = outbox_room(&stack->outbox, &stack->chunks);
    size_t header_len = ip_version == 4 ? IP_HEADER_LEN_V4 : IP_HEADER_LEN_V6;
    memcpy(packet->header, room.data, header_len);
    memmove(room.data, room.data + header_len, len - header_len);
    packet->header_len = packet->transport_at = (uint8_t)header_len;
    packet->chunk = chunk;
    packet->chunk_len = (uint32_t)(len - header_len);
    outbox_commit(&stack->outbox);
}

/* We send no fragments, but a request may have come in some. For IPv4 the reply then has the beginning of its data
 * (RFC 1122 section 3.2.2.6). For IPv6 it must have all of it, as RFC 4443 section 4.2 dropped the exception of
 * RFC 1885: nothing is sent, so that nobody takes a part for the whole. No error applies either: the request was not
 * too big. */
static bool may_truncate(const struct stack *stack, const struct ip_header *ip, size_t most)
{
    if (ip->source.version == 4 || ip->payload.len <= most)
        return true;
    TRACE(stack->trace, &stack_events_DROPPED, trace_text("src", "stack"),
          trace_text("why", "the reply would not fit a packet"),
          trace_number("len", ip->payload.len));
    return false;
}

/* Answers an echo request. */
static void echo(struct stack *stack, const struct ip_header *ip,
                 const struct icmp_message *request)
{
    enum { BEFORE_BODY = 4, REPLY_V4 = 0, REPLY_V6 = 129 };
    if (!ip_address_is_unicast(&ip->source))
        return;
    uint32_t chunk;
    struct span room = packet_room(stack, &chunk);
    if (room.len == 0)
        return;
    bool is_v4 = ip->source.version == 4;
    size_t before = is_v4 ? IP_HEADER_LEN_V4 : IP_HEADER_LEN_V6;
    if (!may_truncate(stack, ip, room.len - before)) {
        chunks_give(&stack->chunks, chunk);
        return;
    }
    struct icmp_message reply = {
        .meaning = ICMP_ECHO_REPLY,
        .version = ip->source.version,
        .type = is_v4 ? REPLY_V4 : REPLY_V6,
        .body = bytes_slice(request->body, 0, room.len - before - BEFORE_BODY),
    };
    struct ip_header header = {
        .source = ip->destination,
        .destination = ip->source,
        .dscp = ip->dscp,
        .ttl = FLOW_TTL,
        .dont_fragment = true,
    };
    size_t len = icmp_message_write(&reply, &header, room);
    send_packet(stack, room, len, chunk, ip->source.version);
}

/* Whoever has an IPv6 network has all its addresses: those that share their first 64 bits are one peer. */
static bool may_tell(struct stack *stack, const struct ip_address *peer, struct instant now)
{
    enum { NETWORK_LEN = 8 };
    const struct ip_endpoint nobody = { 0 };
    struct ip_endpoint to = { *peer, 0 };
    if (peer->version == 6)
        memset(to.address.octets + NETWORK_LEN, 0, sizeof(to.address.octets) - NETWORK_LEN);
    uint64_t hash = flow_table_hash(&stack->table, &nobody, &to);
    return icmp_limit_take(&stack->icmp_limit, hash, stack->setup.rng, now);
}

void stack_icmp_error(struct stack *stack, enum icmp_meaning meaning, struct bytes cause,
                      const struct ip_address *source, const struct ip_address *peer,
                      struct instant now)
{
    uint32_t chunk;
    struct span room = packet_room(stack, &chunk);
    if (room.len == 0)
        return;
    size_t len = icmp_message_answer(meaning, 0, cause, source, room);
    if (len > 0 && !may_tell(stack, peer, now)) {
        stack->counts.icmp_errors_held++;
        TRACE(stack->trace, &stack_events_DROPPED, trace_text("src", "stack"),
              trace_text("why", "errors of ICMP for its sender are too many"),
              trace_number("len", cause.len));
        len = 0;
    }
    stack->counts.icmp_errors_out += len > 0;
    send_packet(stack, room, len, chunk, source->version);
}

void stack_icmp_expire(struct stack *stack, struct instant now)
{
    struct bytes quote;
    struct ip_header ip;
    while (fragments_expire(&stack->fragments, now, &quote)) {
        if (ip_header_parse_beginning(quote, &ip) == OK)
            stack_icmp_error(stack, ICMP_FRAGMENTS_MISSING, quote, &ip.destination, &ip.source,
                             now);
    }
}

void stack_icmp_refuse(const struct flow *flow, enum icmp_meaning meaning, struct instant now)
{
    /* The SYN itself is gone; the error quotes only its addresses, ports and sequence number. */
    uint8_t syn[STACK_HEADER_MAX];
    struct ip_header ip = {
        .source = flow->remote.address,
        .destination = flow->local.address,
        .protocol = IP_TCP,
        .ttl = FLOW_TTL,
        .dont_fragment = true,
    };
    struct tcp_segment s = {
        .source_port = flow->remote.port,
        .destination_port = flow->local.port,
        .seq = flow->initial_received,
        .flags = TCP_SYN,
        .window = UINT16_MAX,
    };
    struct reply_frame frame = reply_write_header(flow->stack, &ip, &s, NULL, 0, false, syn);
    stack_icmp_error(flow->stack, meaning, bytes_of(syn, frame.header_len), &flow->local.address,
                     &flow->remote.address, now);
}

/* RFC 5927 section 7.2: at once if nothing of this size has ever arrived; else when the retransmission timer agrees. */
static void packet_too_big(struct flow *flow, uint32_t mtu, struct instant now)
{
    uint16_t was = path_mtu_size(&flow->path);
    bool has_progress = flow->path_is_proved && sent_log_timeouts(&flow_work(flow)->log) == 0;
    if (path_mtu_too_big(&flow->path, mtu, was, has_progress, now)) {
        flow_life_set_mss(flow);
        sent_log_resend_all(&flow_work(flow)->log);
    }
}

/* Hard errors end a connection that is not established yet; for an established one all errors are soft (RFC 5927
 * section 5.2, MUST-56). */
static void error_for_flow(struct flow *flow, const struct icmp_message *m, struct instant now)
{
    switch (m->meaning) {
    case ICMP_PACKET_TOO_BIG:
        packet_too_big(flow, m->mtu, now);
        break;
    case ICMP_PROTOCOL_UNREACHABLE:
    case ICMP_PORT_UNREACHABLE:
    case ICMP_PROHIBITED:
        if (flow_has_state(flow, FLOW_STATES(SYN_SENT) | FLOW_STATES(SYN_RECEIVED))) {
            flow_move(flow, FLOW_CAUSE_UNREACHABLE);
            flow->icmp = (uint8_t)m->meaning;
            flow_life_end(flow, FLOW_UNREACHABLE);
            return;
        }
        tell_icmp(flow, FLOW_SOFT_ERROR, m->meaning);
        break;
    case ICMP_NET_UNREACHABLE:
    case ICMP_HOST_UNREACHABLE:
    case ICMP_TIME_EXCEEDED:
    case ICMP_PARAMETER_PROBLEM:
        tell_icmp(flow, FLOW_SOFT_ERROR, m->meaning);
        break;
    case ICMP_ECHO_REQUEST:
    case ICMP_ECHO_REPLY:
    case ICMP_FRAGMENTS_MISSING:
    case ICMP_OTHER:
        break;
    }
    flow_life_wake(flow);
}

/* The errors that end a connection not established yet. */
static bool is_hard(enum icmp_meaning meaning)
{
    return meaning == ICMP_PROTOCOL_UNREACHABLE || meaning == ICMP_PORT_UNREACHABLE ||
           meaning == ICMP_PROHIBITED;
}

/* MUST-54: passes the error to its connection; it must quote what is in flight there (RFC 5927 section 4.1). */
static void error(struct stack *stack, const struct icmp_message *m, struct instant now)
{
    struct icmp_quote quote;
    if (icmp_message_quote(m, &quote) != OK)
        return;
    uint64_t hash = flow_table_hash(&stack->table, &quote.source, &quote.destination);
    uint32_t value = stack_find(stack, hash);
    if (value == FLOW_TABLE_NONE)
        return;
    uint32_t index = value & ((1U << STACK_ENTRY_SHIFT) - 1);
    if (value >> STACK_ENTRY_SHIFT == STACK_ENTRY_PENDING && is_hard(m->meaning))
        arrive_pending_unreachable(stack, index, quote.seq);
    if (value >> STACK_ENTRY_SHIFT != STACK_ENTRY_FLOW)
        return;
    struct flow *flow = &stack->flows[index];
    if (flow->work && seq_in(quote.seq, flow->work->log.begin, flow->work->log.end))
        error_for_flow(flow, m, now);
}

void stack_icmp_feed(struct stack *stack, const struct ip_header *ip, bool checksum_is_known,
                     struct instant now)
{
    struct icmp_message m;
    if (icmp_message_parse(ip, checksum_is_known, &m) != OK) {
        stack->counts.dropped_damaged++;
        return;
    }
    if (stack->trace) {
        char from[IP_ADDRESS_TEXT];
        ip_address_format(&ip->source, from);
        TRACE(stack->trace, &stack_events_ICMP, trace_text("src", "stack"),
              trace_text("from", from), trace_text("meaning", meaning_text(m.meaning)),
              trace_number("mtu", m.mtu));
    }
    if (m.meaning == ICMP_ECHO_REQUEST)
        echo(stack, ip, &m);
    else
        error(stack, &m, now);
}
