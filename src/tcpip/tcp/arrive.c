/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/arrive.h"

#include "tcpip/tcp/reply.h"

/* A segment from our own address and port to the same would have us talk to ourselves (the "LAND" attack), and one from
 * an address that is not unicast is from nobody (MUST-63). */
static bool is_from_nobody(const struct arrival *a)
{
    if (!ip_address_is_unicast(&a->remote.address))
        return true;
    return a->local.port == a->remote.port &&
           ip_address_equal(&a->local.address, &a->remote.address);
}

void arrive(struct arrival *a)
{
    struct stack *stack = a->stack;
    reply_trace_segment(stack, false, &a->local, &a->remote, a->segment, a->segment->payload.len,
                        "");
    if (is_from_nobody(a)) {
        stack->counts.dropped_foreign++;
        return;
    }
    a->hash = flow_table_hash(&stack->table, &a->local, &a->remote);
    uint32_t value = stack_find(stack, a->hash);
    if (value != FLOW_TABLE_NONE) {
        uint32_t index = value & ((1U << STACK_ENTRY_SHIFT) - 1);
        switch ((enum stack_entry_kind)(value >> STACK_ENTRY_SHIFT)) {
        case STACK_ENTRY_FLOW:
            arrive_flow(&stack->flows[index], a);
            return;
        case STACK_ENTRY_PENDING:
            arrive_pending(a, index);
            return;
        case STACK_ENTRY_TIME_WAIT:
            arrive_time_wait(a, index);
            return;
        }
    }
    enum listeners_kind kind = listeners_find(&stack->listeners, a->local.port);
    if (kind != LISTENERS_NONE)
        arrive_listen(a, kind);
    else /* CLOSED, section 3.10.7.1: anything but a reset is answered by one */
        reply_reset(a, "nobody listens on the port");
}
