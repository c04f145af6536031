/* SPDX-License-Identifier: BSD-2-Clause */
/* Segments without a flow: answers that need nothing but the segment that came. */
#pragma once

#include "tcpip/tcp/arrive.h"

/* Writes the headers of a packet for a segment whose payload is in `slices`, with its checksum or, if the link finishes
 * checksums, with what the link needs. `out` has STACK_HEADER_MAX octets. */
struct reply_frame {
    size_t header_len, transport_at;
    bool needs_checksum;
};
struct reply_frame reply_write_header(const struct stack *stack, const struct ip_header *ip,
                                      const struct tcp_segment *segment, const struct bytes *slices,
                                      size_t slice_count, bool is_to_be_cut, uint8_t *out);

/* Traces a segment sent or received; costs one branch if nobody observes. */
void reply_trace_segment(const struct stack *stack, bool is_out, const struct ip_endpoint *local,
                         const struct ip_endpoint *remote, const struct tcp_segment *segment,
                         size_t len, const char *why);

/* Puts the segment into the outbox. */
void reply_send(struct stack *stack, const struct ip_endpoint *local,
                const struct ip_endpoint *remote, const struct tcp_segment *segment,
                const char *why);

/* The reset that RFC 9293 section 3.10.7.1 gives for what came. Never for a reset. */
void reply_reset(const struct arrival *a, const char *why);

/* The reset of an established connection, after all that was sent (section 3.10.5), with a timestamp if those were
 * agreed (RFC 7323 section 3.2). */
void reply_reset_flow(const struct flow *flow, struct instant now, const char *why);

/* The SYN-ACK for a peer's offer. `clock`: our timestamp. */
void reply_syn_ack(struct stack *stack, const struct ip_endpoint *local,
                   const struct ip_endpoint *remote, const struct flow_offer *offer, uint32_t clock,
                   const char *why);

/* Traces why a segment is ignored. */
void reply_trace_rejected(const struct arrival *a, const char *why);

/* The MSS that we announce in a SYN: the largest segment we take (SHLD-5, MUST-67). */
uint16_t reply_mss(const struct stack *stack, uint8_t ip_version);
