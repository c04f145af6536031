/* SPDX-License-Identifier: BSD-2-Clause */
/* The one place where a flow's state changes. */
#pragma once

#include "tcpip/tcp/flow_internal.h"

enum flow_cause {
#define CAUSE(name, text) FLOW_CAUSE_##name,
#define MOVE(cause, from, to)
#include "tcpip/tcp/flow_move.def"
#undef CAUSE
#undef MOVE
};

/* Where the cause leads from a state: RESET, ABORT, TIMEOUT, UNREACHABLE and REFUSED from anywhere to CLOSED, the
 * others as in flow_move.def. False: nowhere. */
bool flow_move_leads(enum flow_state from, enum flow_cause cause, enum flow_state *to);

/* Changes the state; the cause must lead somewhere. */
void flow_move(struct flow *flow, enum flow_cause cause);

/* Traces a move of a connection that is not kept as a flow. */
void flow_move_trace(const struct stack *stack, const struct ip_endpoint *local,
                     const struct ip_endpoint *remote, enum flow_state old, enum flow_state new,
                     enum flow_cause cause);

const char *flow_move_cause_text(enum flow_cause cause);
