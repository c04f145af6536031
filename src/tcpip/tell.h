/* SPDX-License-Identifier: BSD-2-Clause */
/* Events for the owner of a flow: each kind waits at most once, and they come in the order of enum flow_event_kind. */
#pragma once

#include "tcpip/tcp/flow_internal.h"

/* Does nothing for a flow that nobody holds. */
void tell(struct flow *flow, enum flow_event_kind kind);
/* With what ICMP says. */
void tell_icmp(struct flow *flow, enum flow_event_kind kind, enum icmp_meaning meaning);
bool tell_next(struct stack *stack, struct flow_event *event);
