/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/flow_move.h"

#include "base/check.h"
#include "tcpip/stack_events.h"

static const char *const texts[] = {
#define CAUSE(name, text) [FLOW_CAUSE_##name] = text,
#define MOVE(cause, from, to)
#include "tcpip/tcp/flow_move.def"
#undef CAUSE
#undef MOVE
};

static const struct {
    uint8_t cause, from, to;
} moves[] = {
#define CAUSE(name, text)
#define MOVE(cause_, from_, to_) { FLOW_CAUSE_##cause_, FLOW_STATE_##from_, FLOW_STATE_##to_ },
#include "tcpip/tcp/flow_move.def"
#undef CAUSE
#undef MOVE
};

bool flow_move_leads(enum flow_state from, enum flow_cause cause, enum flow_state *to)
{
    if (cause >= FLOW_CAUSE_RESET) {
        *to = FLOW_STATE_CLOSED;
        return from != FLOW_STATE_CLOSED;
    }
    for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
        if (moves[i].cause == cause && moves[i].from == from) {
            *to = moves[i].to;
            return true;
        }
    }
    return false;
}

void flow_move_trace(const struct stack *stack, const struct ip_endpoint *local,
                     const struct ip_endpoint *remote, enum flow_state old, enum flow_state new,
                     enum flow_cause cause)
{
    if (!stack->trace)
        return;
    char from[IP_ENDPOINT_TEXT], to[IP_ENDPOINT_TEXT];
    ip_address_format_endpoint(local, from);
    ip_address_format_endpoint(remote, to);
    TRACE(stack->trace, &stack_events_STATE, trace_text("src", "stack"), trace_text("local", from),
          trace_text("remote", to), trace_text("old", flow_state_name(old)),
          trace_text("new", flow_state_name(new)), trace_text("reason", texts[cause]));
}

void flow_move(struct flow *flow, enum flow_cause cause)
{
    enum flow_state old = flow->state, next;
    CHECK(flow_move_leads(old, cause, &next));
    flow->state = (uint8_t)next;
    flow->stack->asked_count += next == FLOW_STATE_LISTEN;
    flow->stack->asked_count -= old == FLOW_STATE_LISTEN;
    /* A pending handshake was traced as SYN-RECEIVED. */
    if (old == FLOW_STATE_CLOSED && cause == FLOW_CAUSE_SYN_ACKED)
        old = FLOW_STATE_SYN_RECEIVED;
    flow_move_trace(flow->stack, &flow->local, &flow->remote, old, next, cause);
}

const char *flow_move_cause_text(enum flow_cause cause)
{
    return texts[cause];
}
