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

static bool is_ours(const struct stack *stack, const struct ip_address *address)
{
    for (size_t i = 0; i < stack->setup.address_count; i++) {
        if (ip_address_equal(&stack->setup.addresses[i], address))
            return true;
    }
    for (size_t i = 0; i < stack->setup.network_count; i++) {
        const struct stack_network *network = &stack->setup.networks[i];
        if (ip_address_is_within(address, &network->address, network->prefix_len))
            return ip_address_is_unicast(address);
    }
    return false;
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

void stack_feed(struct stack *stack, const struct stack_packet *packet, struct instant now)
{
    flow_life_settle(stack);
    outbox_forget_sent(&stack->outbox, &stack->chunks);
    stack->counts.packets_in++;
    struct ip_header ip;
    if (ip_header_parse(packet->octets, &ip) != OK) {
        drop(stack, &stack->counts.dropped_damaged, packet->octets.len, "its IP header is wrong");
        return;
    }
    if (!is_ours(stack, &ip.destination)) { /* MUST-57 with it: none of ours is for many */
        drop(stack, &stack->counts.dropped_foreign, packet->octets.len, "it is for somebody else");
        return;
    }
    bool checksum_is_known = packet->checksum_is_known;
    if (ip.more_fragments || ip.fragment_offset > 0) {
        if (!fragments_add(&stack->fragments, &ip, now))
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
                         packet->octets, &ip.destination);
}
