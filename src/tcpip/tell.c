/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tell.h"

void tell(struct flow *flow, enum flow_event_kind kind)
{
    if (flow->is_released)
        return;
    flow->events |= (uint16_t)(1U << kind);
    flow_list_append(&flow->stack->told, flow);
}

void tell_icmp(struct flow *flow, enum flow_event_kind kind, enum icmp_meaning meaning)
{
    flow->icmp = (uint8_t)meaning;
    tell(flow, kind);
}

bool tell_next(struct stack *stack, struct flow_event *event)
{
    struct flow *flow = flow_list_first(&stack->told);
    if (!flow)
        return false;
    enum flow_event_kind kind = (enum flow_event_kind)__builtin_ctz(flow->events);
    flow->events &= (uint16_t)(flow->events - 1);
    if (flow->events == 0)
        flow_list_remove(&stack->told, flow);
    *event = (struct flow_event){
        .kind = kind,
        .flow = flow,
        .owner = flow->owner,
        .icmp = (enum icmp_meaning)flow->icmp,
        .is_new = (kind == FLOW_OPENED || kind == FLOW_ASKED) && flow->is_passive,
    };
    return true;
}
