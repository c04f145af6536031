/* SPDX-License-Identifier: BSD-2-Clause */
/* Queues of flows, first in first out. A flow is in at most one queue of a kind. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct flow;

enum flow_list_kind { FLOW_LIST_READY, FLOW_LIST_TOLD, FLOW_LIST_KINDS };

struct flow_link {
    struct flow *next, *previous;
    bool is_in;
};

struct flow_list {
    struct flow *first, *last;
    enum flow_list_kind kind;
};

/* Does nothing if it is in already. */
void flow_list_append(struct flow_list *l, struct flow *flow);
/* Does nothing if it is not in. */
void flow_list_remove(struct flow_list *l, struct flow *flow);
