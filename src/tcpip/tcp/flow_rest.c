/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/flow_rest.h"

#include "base/check.h"
#include "tcpip/tcp/flow_life.h"

struct instant flow_rest_at(const struct flow *flow)
{
    if (!flow->work || !flow_has_state(flow, FLOW_STATES(ESTABLISHED) | FLOW_STATES(CLOSE_WAIT) |
                                                 FLOW_STATES(FIN_WAIT_2)))
        return INSTANT_NEVER;
    const struct sent_log *log = &flow->work->log;
    bool has_unsent = log->end != flow->send_end + flow->is_closing;
    if (has_unsent || !sent_log_is_empty(log))
        return INSTANT_NEVER;
    struct instant heard_at = flow->alive.heard_at;
    struct instant since = heard_at.us > log->timer_at.us ? heard_at : log->timer_at;
    return (struct instant){ since.us + rto_us(&log->rto) };
}

void flow_rest_begin(struct flow *flow)
{
    struct sent_log *log = &flow->work->log;
    const struct congestion *c = &flow->work->congestion;
    block_pool_give(&flow->stack->sent_blocks, sent_log_take_block(log));
    flow->rest = (struct flow_rest){
        .rto = log->rto,
        .since = log->timer_at,
        .window = log->window,
        .next = log->end,
        .congestion_window = c->window,
        .congestion_threshold = c->threshold,
        .is_beginning = c->is_beginning,
    };
    block_pool_give(&flow->stack->works, flow->work);
    flow->work = NULL;
}

void flow_rest_look(const struct flow *flow, struct flow_work *out)
{
    const struct flow_rest *rest = &flow->rest;
    *out = (struct flow_work){ 0 };
    sent_log_init(&out->log, rest->next);
    sent_log_configure(&out->log, flow->mss, flow->has_sack);
    out->log.rto = rest->rto;
    out->log.timer_at = rest->since;
    out->log.window = rest->window;
    congestion_init(&out->congestion, flow->stack->setup.congestion, flow->mss,
                    flow_life_frame_max(flow));
    congestion_restore(&out->congestion, rest->congestion_window, rest->congestion_threshold,
                       rest->is_beginning);
}

struct flow_work *flow_rest_wake(struct flow *flow)
{
    struct flow_work *work = block_pool_take(&flow->stack->works);
    CHECK(work); /* there is one for each flow */
    flow_rest_look(flow, work);
    flow->work = work;
    flow_life_wake(flow); /* computes when it may rest again */
    return work;
}
