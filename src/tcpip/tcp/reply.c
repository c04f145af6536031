/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/reply.h"

#include "tcpip/stack_events.h"
#include "tcpip/wire/checksum.h"

#include <stdio.h>
#include <string.h>

enum { CHECKSUM_AT = 16, FLAGS_TEXT = 40, OPTIONS_TEXT = 160 };

/* The sum of slices of any length: one that begins at an odd offset is added with its octets swapped (RFC 1071
 * section 2(B)). */
static uint64_t sum_slices(uint64_t sum, const struct bytes *slices, size_t count)
{
    bool is_odd = false;
    for (size_t i = 0; i < count; i++) {
        if (is_odd) {
            uint16_t part = checksum_fold(checksum_add(0, slices[i]));
            uint8_t swapped[] = { (uint8_t)part, (uint8_t)(part >> 8) };
            sum = checksum_add(sum, bytes_of(swapped, sizeof(swapped)));
        } else {
            sum = checksum_add(sum, slices[i]);
        }
        is_odd ^= slices[i].len & 1;
    }
    return sum;
}

struct reply_frame reply_write_header(const struct stack *stack, const struct ip_header *ip,
                                      const struct tcp_segment *segment, const struct bytes *slices,
                                      size_t slice_count, bool is_to_be_cut, uint8_t *out)
{
    size_t data_len = 0;
    for (size_t i = 0; i < slice_count; i++)
        data_len += slices[i].len;
    size_t tcp_len = TCP_HEADER_LEN + tcp_segment_options_len(&segment->options);
    size_t at = ip_header_write(ip, tcp_len + data_len, out);
    tcp_segment_write(segment, out + at);
    uint64_t sum = checksum_pseudo_header(&ip->source, &ip->destination, IP_TCP,
                                          (uint32_t)(tcp_len + data_len));
    uint16_t checksum;
    /* Even if the link finishes checksums, a segment without data gets its own here: it leaves at once, and asking the
     * link costs more. */
    bool is_left = stack->setup.has_large_segments && (is_to_be_cut || data_len > 0);
    if (is_left) {
        checksum = checksum_fold(sum);
    } else {
        sum = checksum_add(sum, bytes_of(out + at, tcp_len));
        checksum = checksum_finish(sum_slices(sum, slices, slice_count));
    }
    out[at + CHECKSUM_AT] = (uint8_t)(checksum >> 8);
    out[at + CHECKSUM_AT + 1] = (uint8_t)checksum;
    return (struct reply_frame){ at + tcp_len, at, is_left };
}

/* As the ladder shows them: SYN, FIN and RST first, then ACK, then the others. */
static void flags_text(uint8_t flags, char out[FLAGS_TEXT])
{
    static const struct {
        uint8_t flag;
        const char *text;
    } names[] = { { TCP_SYN, "SYN" }, { TCP_FIN, "FIN" }, { TCP_RST, "RST" }, { TCP_PSH, "PSH" },
                  { TCP_ACK, "ACK" }, { TCP_URG, "URG" }, { TCP_ECE, "ECE" }, { TCP_CWR, "CWR" } };
    size_t len = 0;
    out[0] = 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (flags & names[i].flag)
            len += (size_t)snprintf(out + len, FLAGS_TEXT - len, "%s%s", len > 0 ? "-" : "",
                                    names[i].text);
    }
}

static void options_text(const struct tcp_options *options, char out[OPTIONS_TEXT])
{
    size_t len = 0;
    out[0] = 0;
#define ADD(...) len += (size_t)snprintf(out + len, OPTIONS_TEXT - len, __VA_ARGS__)
    if (options->has_mss)
        ADD("mss %u ", options->mss);
    if (options->has_sack_permitted)
        ADD("sack-permitted ");
    if (options->has_timestamps)
        ADD("timestamps %u %u ", (unsigned)options->timestamp, (unsigned)options->timestamp_echo);
    if (options->has_scale)
        ADD("scale %u ", options->scale);
    for (size_t i = 0; i < options->sack_count; i++)
        ADD("sack %u:%u ", (unsigned)options->sacks[i].begin, (unsigned)options->sacks[i].end);
#undef ADD
    if (len > 0)
        out[len - 1] = 0;
}

void reply_trace_segment(const struct stack *stack, bool is_out, const struct ip_endpoint *local,
                         const struct ip_endpoint *remote, const struct tcp_segment *segment,
                         size_t len, const char *why)
{
    if (!stack->trace)
        return;
    char from[IP_ENDPOINT_TEXT], to[IP_ENDPOINT_TEXT], flags[FLAGS_TEXT], options[OPTIONS_TEXT];
    ip_address_format_endpoint(local, from);
    ip_address_format_endpoint(remote, to);
    flags_text(segment->flags, flags);
    options_text(&segment->options, options);
    TRACE(stack->trace, &stack_events_SEGMENT, trace_text("src", "stack"),
          trace_number("out", is_out), trace_text("local", from), trace_text("remote", to),
          trace_text("flags", flags), trace_number("seq", segment->seq),
          trace_number("ack", segment->ack), trace_number("window", segment->window),
          trace_number("len", len), trace_text("options", options), trace_text("why", why));
}

void reply_trace_rejected(const struct arrival *a, const char *why)
{
    if (!a->stack->trace)
        return;
    char local[IP_ENDPOINT_TEXT], remote[IP_ENDPOINT_TEXT];
    ip_address_format_endpoint(&a->local, local);
    ip_address_format_endpoint(&a->remote, remote);
    TRACE(a->stack->trace, &stack_events_REJECTED, trace_text("src", "stack"),
          trace_text("local", local), trace_text("remote", remote),
          trace_number("seq", a->segment->seq), trace_text("why", why));
}

void reply_send(struct stack *stack, const struct ip_endpoint *local,
                const struct ip_endpoint *remote, const struct tcp_segment *segment,
                const char *why)
{
    struct outbox_packet *packet = outbox_room(&stack->outbox, &stack->chunks);
    if (!packet) {
        stack->counts.dropped_full++;
        return;
    }
    struct ip_header ip = {
        .source = local->address,
        .destination = remote->address,
        .protocol = IP_TCP,
        .ttl = FLOW_TTL,
        .dont_fragment = true,
    };
    struct tcp_segment out = *segment;
    out.source_port = local->port;
    out.destination_port = remote->port;
    struct reply_frame frame = reply_write_header(stack, &ip, &out, NULL, 0, false, packet->header);
    packet->header_len = (uint8_t)frame.header_len;
    packet->transport_at = (uint8_t)frame.transport_at;
    packet->needs_checksum = frame.needs_checksum;
    outbox_commit(&stack->outbox);
    stack->counts.segments_out++;
    if (segment->flags & TCP_RST)
        stack->counts.resets_out++;
    reply_trace_segment(stack, true, local, remote, &out, 0, why);
}

void reply_reset(const struct arrival *a, const char *why)
{
    const struct tcp_segment *s = a->segment;
    if (s->flags & TCP_RST)
        return;
    struct tcp_segment reset = { .flags = TCP_RST };
    if (s->flags & TCP_ACK) {
        reset.seq = s->ack;
    } else {
        reset.flags |= TCP_ACK;
        reset.ack = s->seq + tcp_segment_len(s);
    }
    reply_send(a->stack, &a->local, &a->remote, &reset, why);
}

uint16_t reply_mss(const struct stack *stack, uint8_t ip_version)
{
    size_t headers = TCP_HEADER_LEN + (ip_version == 4 ? IP_HEADER_LEN_V4 : IP_HEADER_LEN_V6);
    uint16_t most = (uint16_t)(stack->setup.mtu - headers), asked = stack->setup.mss_max;
    return asked > 0 && asked < most ? asked : most;
}

void reply_reset_flow(const struct flow *flow, struct instant now, const char *why)
{
    struct tcp_segment reset = {
        .flags = TCP_RST | TCP_ACK,
        .seq = flow_work(flow)->log.end,
        .ack = flow->receive_next,
        .options = {
            .has_timestamps = flow->has_timestamps,
            .timestamp = flow_timestamp(flow->ts_offset, now),
            .timestamp_echo = flow->ts_recent,
        },
    };
    reply_send(flow->stack, &flow->local, &flow->remote, &reset, why);
}

void reply_syn_ack(struct stack *stack, const struct ip_endpoint *local,
                   const struct ip_endpoint *remote, const struct flow_offer *offer, uint32_t clock,
                   const char *why)
{
    struct tcp_segment s = {
        .flags = TCP_SYN | TCP_ACK | (offer->has_ecn ? TCP_ECE : 0),
        .seq = offer->initial_sent,
        .ack = offer->initial_received + 1,
        .window = FLOW_WINDOW_INITIAL,
        .options = {
            .has_mss = true,
            .mss = reply_mss(stack, local->address.version),
            .has_scale = offer->has_scale,
            .scale = receive_window_scale(stack->setup.receive_max),
            .has_sack_permitted = offer->has_sack,
            .has_timestamps = offer->has_timestamps,
            .timestamp = clock,
            .timestamp_echo = offer->ts_recent,
        },
    };
    reply_send(stack, local, remote, &s, why);
}
