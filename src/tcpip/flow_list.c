/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/flow_list.h"

#include "tcpip/tcp/flow_internal.h"

static struct flow_link *link_of(const struct flow_list *l, uint32_t id)
{
    return &l->flows[id].links[l->kind];
}

static uint32_t number_of(const struct flow_list *l, const struct flow *flow)
{
    return (uint32_t)(flow - l->flows);
}

void flow_list_init(struct flow_list *l, struct flow *flows, enum flow_list_kind kind)
{
    *l = (struct flow_list){
        .flows = flows, .first = FLOW_LIST_NONE, .last = FLOW_LIST_NONE, .kind = kind
    };
}

struct flow *flow_list_first(const struct flow_list *l)
{
    return l->first == FLOW_LIST_NONE ? NULL : &l->flows[l->first];
}

void flow_list_append(struct flow_list *l, struct flow *flow)
{
    struct flow_link *link = link_of(l, number_of(l, flow));
    if (link->previous != FLOW_LIST_OUT)
        return;
    *link = (struct flow_link){ FLOW_LIST_NONE, l->last };
    if (l->last != FLOW_LIST_NONE)
        link_of(l, l->last)->next = number_of(l, flow);
    else
        l->first = number_of(l, flow);
    l->last = number_of(l, flow);
}

void flow_list_remove(struct flow_list *l, struct flow *flow)
{
    struct flow_link *link = link_of(l, number_of(l, flow));
    if (link->previous == FLOW_LIST_OUT)
        return;
    if (link->previous != FLOW_LIST_NONE)
        link_of(l, link->previous)->next = link->next;
    else
        l->first = link->next;
    if (link->next != FLOW_LIST_NONE)
        link_of(l, link->next)->previous = link->previous;
    else
        l->last = link->previous;
    link->previous = FLOW_LIST_OUT;
}
