/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/stack_events.h"
#include "tcpip/stack_icmp.h"
#include "tcpip/tcp/arrive.h"
#include "tcpip/tcp/flow_life.h"

static void drop(struct stack *stack, uint64_t *count, size_t len, const char *why)
{
    ++*count;
    TRACE(stack->trace, &stack_events_DROPPED, trace_text("src", "stack"), trace_text("why", why),
          trace_number("len", len));
}

static void feed_tcp(struct stack *stack, const struct ip_header *ip, bool checksum_is_known,
                     struct instant now)
{
    struct tcp_segment segment;
    if (tcp_segment_parse(ip, checksum_is_known, &segment) != OK) { /* MUST-3 */
        drop(stack, &stack->counts.dropped_damaged, ip->payload.len,
             "its TCP header or checksum is wrong");
        return;
    }
    stack->counts.segments_in++;
    struct arrival a = {
        .stack = stack,
        .ip = ip,
        .segment = &segment,
        .local = { ip->destination, segment.destination_port },
        .remote = { ip->source, segment.source_port },
        .now = now,
    };
    arrive(&a);
}

/* Reads the headers of a packet for us. False: it is dropped, and reported to the sender where that is due (RFC 8200
 * sections 4.2 and 4.4). */
static bool read_header(struct stack *stack, struct bytes packet, struct ip_header *ip,
                        struct instant now)
{
    enum err err = ip_header_parse(packet, ip);
    if (err != OK && err != ERR_UNSUPPORTED) {
        drop(stack, &stack->counts.dropped_damaged, packet.len, "its IP header is wrong");
        return false;
    }
    /* This covers MUST-57: none of our addresses is broadcast or multicast. */
    if (!stack_has_address(stack, &ip->destination)) {
        drop(stack, &stack->counts.dropped_foreign, packet.len, "it is for somebody else");
        return false;
    }
    if (err == OK)
        return true;
    drop(stack, &stack->counts.dropped_damaged, packet.len, "its IP header is not understood");
    if (ip->fault.is_told)
        stack_icmp_error(stack, ICMP_PARAMETER_PROBLEM, packet, &ip->destination, &ip->source, now);
    return false;
}

/* False: the datagram is not complete yet, or is dropped. */
static bool reassemble(struct stack *stack, struct bytes packet, struct ip_header *ip,
                       struct instant now)
{
    if (!fragments_add(&stack->fragments, ip, packet, now))
        return false;
    if (ip_header_parse_reassembled(ip) == OK)
        return true;
    drop(stack, &stack->counts.dropped_damaged, ip->payload.len,
         "a header behind the fragments' is wrong");
    return false;
}

void stack_feed(struct stack *stack, const struct stack_packet *packet, struct instant now)
{
    flow_life_settle(stack);
    outbox_forget_sent(&stack->outbox, &stack->chunks);
    stack->counts.packets_in++;
    struct ip_header ip;
    if (!read_header(stack, packet->octets, &ip, now))
        return;
    bool checksum_is_known = packet->checksum_is_known;
    if (ip_header_is_fragment(&ip)) {
        if (!reassemble(stack, packet->octets, &ip, now))
            return;
        checksum_is_known = false;
    }
    if (ip.protocol == IP_TCP)
        feed_tcp(stack, &ip, checksum_is_known, now);
    else if (ip.protocol == (ip.source.version == 4 ? IP_ICMP : IP_ICMPV6))
        stack_icmp_feed(stack, &ip, checksum_is_known, now);
    else if (ip.protocol != IP_IPV6_NONE)
        stack_icmp_error(stack,
                         ip.protocol == IP_UDP ? ICMP_PORT_UNREACHABLE : ICMP_PROTOCOL_UNREACHABLE,
                         packet->octets, &ip.destination, &ip.source, now);
}
