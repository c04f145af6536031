/* SPDX-License-Identifier: BSD-2-Clause */
/* The stack's ICMP: what it answers, which errors it sends, and which errors about its own connections it believes
 * (RFC 5927: only those that quote a sequence number in flight; none ends an established connection). */
#pragma once

#include "tcpip/stack_internal.h"

/* `ip` is the header of the whole datagram. */
void stack_icmp_feed(struct stack *stack, const struct ip_header *ip, bool checksum_is_known,
                     struct instant now);

/* Sends an error of `meaning` about the packet `cause`, from the address it was sent to, `source`, to the one it came
 * from, `peer`; nothing if the limit is reached (icmp_limit.h) or no error may be sent about it. */
void stack_icmp_error(struct stack *stack, enum icmp_meaning meaning, struct bytes cause,
                      const struct ip_address *source, const struct ip_address *peer,
                      struct instant now);

/* Likewise about datagrams whose fragments did not all come in time (RFC 1122 section 3.3.2, RFC 8200 section 4.5). */
void stack_icmp_expire(struct stack *stack, struct instant now);

/* Likewise about the SYN of a flow that is refused. */
void stack_icmp_refuse(const struct flow *flow, enum icmp_meaning meaning, struct instant now);
