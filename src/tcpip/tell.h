/* SPDX-License-Identifier: BSD-2-Clause */
/* Events for the owner of a flow: each kind is queued at most once, and they are delivered in the order of enum
 * flow_event_kind. */
#pragma once

#include "tcpip/tcp/flow_internal.h"

/* Does nothing for a flow without an owner. */
void tell(struct flow *flow, enum flow_event_kind kind);
/* With the meaning of the ICMP error. */
void tell_icmp(struct flow *flow, enum flow_event_kind kind, enum icmp_meaning meaning);
bool tell_next(struct stack *stack, struct flow_event *event);
