/* SPDX-License-Identifier: BSD-2-Clause */
/* Queues of flows, first in first out. A flow is in at most one queue of a kind. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct flow;

enum flow_list_kind {
    FLOW_LIST_READY,   /* may have something to send */
    FLOW_LIST_TOLD,    /* with events */
    FLOW_LIST_STARVED, /* found no free chunk for data to send */
    FLOW_LIST_KINDS,
};

/* Flow numbers: half the size of pointers. */
struct flow_link {
    uint32_t next, previous;
};

#define FLOW_LIST_NONE UINT32_MAX
#define FLOW_LIST_OUT  (UINT32_MAX - 1) /* as `previous`: the flow is in no queue of the kind */

struct flow_list {
    struct flow *flows; /* all of the stack */
    uint32_t first, last;
    enum flow_list_kind kind;
};

void flow_list_init(struct flow_list *l, struct flow *flows, enum flow_list_kind kind);

/* The first, or NULL. */
struct flow *flow_list_first(const struct flow_list *l);
/* Does nothing if the flow is in the list. */
void flow_list_append(struct flow_list *l, struct flow *flow);
/* Does nothing if the flow is not in the list. */
void flow_list_remove(struct flow_list *l, struct flow *flow);
