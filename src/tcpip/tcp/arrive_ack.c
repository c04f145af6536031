/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/stack_events.h"
#include "tcpip/tcp/acked.h"
#include "tcpip/tcp/arrive.h"
#include "tcpip/tcp/flow_life.h"
#include "tcpip/tcp/flow_move.h"
#include "tcpip/tcp/reply.h"
#include "tcpip/tell.h"

/* RFC 7323 section 4.3: from acceptable segments, the timestamp of the one that the next ACK is about. Only here, after
 * the check of the ACK, so that nobody can poison it without knowing the connection's numbers. */
static void note_timestamp(struct flow *flow, const struct arrival *a)
{
    const struct tcp_segment *s = a->segment;
    if (!flow->has_timestamps || !s->options.has_timestamps ||
        seq_after(s->seq, flow->last_ack_sent))
        return;
    bool is_valid =
        !instant_reached(a->now, instant_after(flow->ts_recent_at, FLOW_TIMESTAMP_AGE_MS));
    if (is_valid && seq_before(s->options.timestamp, flow->ts_recent))
        return;
    flow->ts_recent = s->options.timestamp;
    flow->ts_recent_at = a->now;
}

/* SEG.WND in octets; in a segment with a SYN it is never scaled (RFC 7323 section 2.2). */
static uint32_t window_of(const struct flow *flow, const struct tcp_segment *s)
{
    return (uint32_t)s->window << (s->flags & TCP_SYN ? 0 : flow->send_scale);
}

/* SYN-RECEIVED: our SYN is acknowledged, or something that was not sent. */
static enum arrive_verdict finish_handshake(struct flow *flow, struct arrival *a)
{
    const struct tcp_segment *s = a->segment;
    if (!seq_after(s->ack, flow_work(flow)->log.begin) ||
        seq_after(s->ack, flow_work(flow)->log.end)) {
        reply_reset(a, "it acknowledges what was not sent");
        return ARRIVE_DONE;
    }
    flow->send_window = flow->send_window_max = window_of(flow, s);
    flow->window_seq = s->seq;
    flow->window_ack = s->ack;
    flow->syn_is_due = false;
    flow_move(flow, FLOW_CAUSE_SYN_ACKED);
    acked_handshake(flow, a);
    flow_life_opened(flow, a->now);
    return ARRIVE_GO_ON;
}

/* "The window is updated by the segment that is the latest": section 3.10.7.4 and MUST-34: it may shrink. True: it changed. */
static bool update_window(struct flow *flow, const struct arrival *a)
{
    const struct tcp_segment *s = a->segment;
    bool is_newer = seq_before(flow->window_seq, s->seq) ||
                    (flow->window_seq == s->seq && seq_until(flow->window_ack, s->ack));
    if (!is_newer || seq_before(s->ack, flow_work(flow)->log.begin))
        return false;
    uint32_t window = window_of(flow, s);
    bool is_changed = window != flow->send_window;
    flow->send_window = window;
    flow->window_seq = s->seq;
    flow->window_ack = s->ack;
    if (window > flow->send_window_max)
        flow->send_window_max = window;
    return is_changed;
}

/* Our FIN is acknowledged, if it was sent. */
static enum arrive_verdict check_fin(struct flow *flow, struct arrival *a)
{
    if (!flow->is_closing || flow_work(flow)->log.begin != flow->send_end + 1)
        return ARRIVE_GO_ON;
    switch ((enum flow_state)flow->state) {
    case FLOW_STATE_FIN_WAIT_1:
        flow_move(flow, FLOW_CAUSE_FIN_ACKED);
        if (flow->is_released)
            flow->linger_at = instant_after(a->now, FLOW_LINGER_MS);
        return ARRIVE_GO_ON;
    case FLOW_STATE_CLOSING:
        flow_move(flow, FLOW_CAUSE_FIN_ACKED);
        flow_life_time_wait(flow, a->now);
        return ARRIVE_DONE;
    case FLOW_STATE_LAST_ACK:
        flow_move(flow, FLOW_CAUSE_FIN_ACKED);
        flow_life_end(flow, FLOW_CLOSED);
        return ARRIVE_DONE;
    case FLOW_STATE_CLOSED:
    case FLOW_STATE_LISTEN:
    case FLOW_STATE_SYN_SENT:
    case FLOW_STATE_SYN_RECEIVED:
    case FLOW_STATE_ESTABLISHED:
    case FLOW_STATE_FIN_WAIT_2:
    case FLOW_STATE_CLOSE_WAIT:
    case FLOW_STATE_TIME_WAIT:
        return ARRIVE_GO_ON;
    }
    return ARRIVE_GO_ON;
}

/* SHLD-3: the peer has all that the owner sent, and learns that its own data is lost. */
static enum arrive_verdict reset_behind_data(struct flow *flow, const struct arrival *a)
{
    if (!seq_until(flow->send_end, flow_work(flow)->log.begin))
        return ARRIVE_GO_ON;
    reply_reset_flow(flow, a->now, "received data is lost: its owner is gone");
    flow_move(flow, FLOW_CAUSE_ABORT);
    flow_life_end(flow, FLOW_RESET);
    return ARRIVE_DONE;
}

enum arrive_verdict arrive_ack(struct flow *flow, struct arrival *a)
{
    const struct tcp_segment *s = a->segment;
    if (!(s->flags & TCP_ACK))
        return ARRIVE_DONE;
    if (flow->state == FLOW_STATE_SYN_RECEIVED && finish_handshake(flow, a) == ARRIVE_DONE)
        return ARRIVE_DONE;
    /* RFC 5961 section 5.2 (MAY-12), and what was never sent cannot be acknowledged. */
    if (seq_before(s->ack, flow_work(flow)->log.begin - flow->send_window_max) ||
        seq_after(s->ack, flow_work(flow)->log.end)) {
        arrive_sequence_challenge(flow, a, "its acknowledgment cannot be right");
        return ARRIVE_DONE;
    }
    note_timestamp(flow, a);
    bool window_has_changed = update_window(flow, a);
    acked_data(flow, a, !window_has_changed);
    if (check_fin(flow, a) == ARRIVE_DONE)
        return ARRIVE_DONE;
    return flow->is_abandoned ? reset_behind_data(flow, a) : ARRIVE_GO_ON;
}
