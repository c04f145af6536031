/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP of the stack: what it answers, what it says of others' packets, and what it believes about its own connections
 * (RFC 5927: only what quotes a number that is in flight; never the end of a connection that stands). */
#pragma once

#include "tcpip/stack_internal.h"

/* The header is that of the whole datagram. */
void stack_icmp_feed(struct stack *stack, const struct ip_header *ip, bool checksum_is_known,
                     struct instant now);

/* An error of `meaning` about a packet that came, from the address it was for. */
void stack_icmp_error(struct stack *stack, enum icmp_meaning meaning, struct bytes cause,
                      const struct ip_address *source);

/* An error about the SYN of a flow that is refused. */
void stack_icmp_refuse(const struct flow *flow, enum icmp_meaning meaning);
