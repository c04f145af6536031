/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/arrive.h"
#include "tcpip/tcp/flow_life.h"

/* Section 3.10.7.4. The third step, the check of security, is left out; the numbers are the RFC's. */
static void take_steps(struct flow *flow, struct arrival *a)
{
    if (arrive_sequence_check(flow, a) == ARRIVE_DONE) /* first */
        return;
    if (arrive_sequence_reset(flow, a) == ARRIVE_DONE) /* second */
        return;
    if (arrive_sequence_syn(flow, a) == ARRIVE_DONE) /* fourth */
        return;
    keep_alive_heard(&flow->alive, a->now);
    if (arrive_ack(flow, a) == ARRIVE_DONE) /* fifth */
        return;
    arrive_text_urgent(flow, a);             /* sixth */
    if (arrive_text(flow, a) == ARRIVE_DONE) /* seventh */
        return;
    arrive_text_fin(flow, a); /* eighth */
}

void arrive_flow(struct flow *flow, struct arrival *a)
{
    a->seq = a->segment->seq;
    a->flags = a->segment->flags;
    a->payload = a->segment->payload;
    if (flow->state == FLOW_STATE_LISTEN)
        arrive_listen_flow(flow, a);
    else if (flow->state == FLOW_STATE_SYN_SENT)
        arrive_syn_sent(flow, a);
    else
        take_steps(flow, a);
    flow_life_wake(flow);
}
