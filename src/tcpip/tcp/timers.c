/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/timers.h"

#include "tcpip/tcp/acked.h"
#include "tcpip/tcp/flow_life.h"
#include "tcpip/tcp/flow_move.h"
#include "tcpip/tell.h"

static bool is_opening(const struct flow *flow)
{
    return flow_has_state(flow, FLOW_STATES(SYN_SENT) | FLOW_STATES(SYN_RECEIVED));
}

/* When to give up: R2 (MUST-20, MUST-21, MUST-23), or the owner of a deferred listener has taken too long to decide. */
static struct instant give_up_at(const struct flow *flow)
{
    if (flow->stalled_at.us == INSTANT_NEVER.us)
        return INSTANT_NEVER;
    if (flow->state == FLOW_STATE_LISTEN)
        return instant_after(flow->stalled_at, FLOW_ASKED_MS);
    uint32_t ms = flow->user_timeout_ms;
    if (ms == 0)
        ms = is_opening(flow) ? FLOW_R2_SYN_MS : FLOW_R2_MS;
    return instant_after(flow->stalled_at, ms);
}

/* MUST-26, MUST-27: only for an established, idle connection. */
static struct instant alive_deadline(const struct flow *flow)
{
    bool is_idle = !flow->work || sent_log_is_empty(&flow->work->log);
    return is_idle && flow_has_state(flow, FLOW_STATES_SYNCHRONIZED)
               ? keep_alive_deadline(&flow->alive)
               : INSTANT_NEVER;
}

struct instant timers_deadline(const struct flow *flow)
{
    if (flow->is_over)
        return INSTANT_NEVER;
    struct instant at = instant_earlier(flow->linger_at, give_up_at(flow));
    if (flow->work)
        at = instant_earlier(at, sent_log_deadline(&flow->work->log));
    at = instant_earlier(at, delayed_ack_deadline(&flow->ack));
    at = instant_earlier(at, persist_deadline(&flow->persist));
    return instant_earlier(at, alive_deadline(flow));
}

static void time_out(struct flow *flow)
{
    flow_move(flow, FLOW_CAUSE_TIMEOUT);
    flow_life_end(flow, FLOW_TIMED_OUT);
}

static void retransmission_timeout(struct flow *flow, const struct sent_log_result *result,
                                   struct instant now)
{
    unsigned timeouts = sent_log_timeouts(&flow_work(flow)->log);
    if (is_opening(flow))
        return;
    congestion_expired(&flow_work(flow)->congestion, SENT_LOG_TIMEOUT, result);
    acked_trace_loss(flow, "a timeout");
    if (path_mtu_timed_out(&flow->path, timeouts, now))
        flow_life_set_mss(flow);
    if (timeouts >= FLOW_R1 && !flow->ack_is_late) {
        flow->ack_is_late = true;
        tell(flow, FLOW_SLOW); /* SHLD-9 */
    }
}

static void expire_sent(struct flow *flow, struct instant now)
{
    if (sent_log_is_empty(&flow_work(flow)->log))
        return;
    struct sent_log_result result;
    enum sent_log_expiry expiry = sent_log_expire(&flow_work(flow)->log, now, &result);
    switch (expiry) {
    case SENT_LOG_NOTHING:
        break;
    case SENT_LOG_LOST:
        congestion_expired(&flow_work(flow)->congestion, expiry, &result);
        acked_trace_loss(flow, "what was late is taken for lost");
        break;
    case SENT_LOG_PROBE:
        flow->probe_is_due = true;
        break;
    case SENT_LOG_TIMEOUT:
        retransmission_timeout(flow, &result, now);
        break;
    }
}

/* The window has been closed, or too small, for long enough. */
static void expire_persist(struct flow *flow, struct instant now)
{
    if (!persist_expire(&flow->persist, rto_us(&flow_work(flow)->log.rto), now))
        return;
    if (flow->send_window > 0) {
        flow->small_is_due = true;
        flow->end_is_pushed = true; /* nothing more came to fill the segment */
    } else {
        flow->window_probe_is_due = true;
    }
    if (flow->stalled_at.us == INSTANT_NEVER.us)
        flow->stalled_at = now;
}

void timers_expire(struct flow *flow, struct instant now)
{
    if (instant_reached(now, give_up_at(flow))) {
        time_out(flow);
        return;
    }
    if (instant_reached(now, flow->linger_at)) {
        flow_move(flow, FLOW_CAUSE_TIMEOUT);
        flow_life_end(flow, FLOW_CLOSED);
        return;
    }
    expire_sent(flow, now);
    expire_persist(flow, now);
    if (instant_reached(now, alive_deadline(flow))) {
        enum keep_alive_expiry expiry = keep_alive_expire(&flow->alive, now);
        if (expiry == KEEP_ALIVE_DEAD) {
            time_out(flow);
            return;
        }
        flow->alive_probe_is_due |= expiry == KEEP_ALIVE_PROBE;
    }
    flow_life_wake(flow);
}
