/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/flow_list.h"

#include "tcpip/tcp/flow_internal.h"

static struct flow_link *link_of(const struct flow_list *l, struct flow *flow)
{
    return &flow->links[l->kind];
}

void flow_list_append(struct flow_list *l, struct flow *flow)
{
    struct flow_link *link = link_of(l, flow);
    if (link->is_in)
        return;
    *link = (struct flow_link){ .previous = l->last, .is_in = true };
    if (l->last)
        link_of(l, l->last)->next = flow;
    else
        l->first = flow;
    l->last = flow;
}

void flow_list_remove(struct flow_list *l, struct flow *flow)
{
    struct flow_link *link = link_of(l, flow);
    if (!link->is_in)
        return;
    if (link->previous)
        link_of(l, link->previous)->next = link->next;
    else
        l->first = link->next;
    if (link->next)
        link_of(l, link->next)->previous = link->previous;
    else
        l->last = link->previous;
    *link = (struct flow_link){ 0 };
}
