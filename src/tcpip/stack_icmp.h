/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP of the stack: what it answers, what it says of others' packets, and what it believes about its own connections
 * (RFC 5927: only what quotes a number that is in flight; never the end of a connection that stands). */
#pragma once

#include "tcpip/stack_internal.h"

/* The header is that of the whole datagram. */
void stack_icmp_feed(struct stack *stack, const struct ip_header *ip, bool checksum_is_known,
                     struct instant now);

/* An error of `meaning` about a packet that came, from the address it was for, `source`, to the one it came from, `peer`;
 * nothing if there were too many (icmp_limit.h) or none may be sent about it. */
void stack_icmp_error(struct stack *stack, enum icmp_meaning meaning, struct bytes cause,
                      const struct ip_address *source, const struct ip_address *peer,
                      struct instant now);

/* Likewise about datagrams of which fragments have not come in time (RFC 1122 section 3.3.2, RFC 8200 section 4.5). */
void stack_icmp_expire(struct stack *stack, struct instant now);

/* Likewise about the SYN of a flow that is refused. */
void stack_icmp_refuse(const struct flow *flow, enum icmp_meaning meaning, struct instant now);
