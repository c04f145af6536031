/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/arrive.h"
#include "tcpip/tcp/flow_life.h"
#include "tcpip/tcp/flow_move.h"
#include "tcpip/tcp/reply.h"

enum { CHALLENGE_MS = 400, CHALLENGE_JITTER_MS = 200 };

void arrive_sequence_challenge(struct flow *flow, const struct arrival *a, const char *why)
{
    reply_trace_rejected(a, why);
    if (!instant_reached(a->now, flow->challenge_at))
        return;
    /* A limit per connection, slightly randomized: whoever could count all challenges would learn what others do
     * (RFC 5961 section 7 as it was; CVE-2016-5696). */
    uint8_t jitter = 0;
    rng_fill(a->stack->setup.rng, &jitter, sizeof(jitter));
    flow->challenge_at =
        instant_after(a->now, CHALLENGE_MS + jitter * CHALLENGE_JITTER_MS / UINT8_MAX);
    a->stack->counts.challenge_acks++;
    delayed_ack_demand(&flow->ack);
}

bool arrive_sequence_lacks_timestamp(const struct arrival *a, bool has_timestamps)
{
    const struct tcp_segment *s = a->segment;
    if (!has_timestamps || s->options.has_timestamps || s->flags & (TCP_RST | TCP_SYN))
        return false;
    reply_trace_rejected(a, "it has no timestamp");
    return true;
}

bool arrive_sequence_is_outdated(const struct tcp_segment *s, bool has_timestamps,
                                 uint32_t ts_recent)
{
    return has_timestamps && s->options.has_timestamps && !(s->flags & TCP_RST) &&
           seq_before(s->options.timestamp, ts_recent);
}

/* After 24 days TS.Recent is not valid (RFC 7323 section 5.5). */
static bool is_old_duplicate(const struct flow *flow, const struct arrival *a)
{
    return arrive_sequence_is_outdated(a->segment, flow->has_timestamps, flow->ts_recent) &&
           !instant_reached(a->now, instant_after(flow->ts_recent_at, FLOW_TIMESTAMP_AGE_MS));
}

/* Cuts off what was received before at the front, and what is beyond the window at the end ("Segments with higher
 * beginning sequence numbers should be held for later processing" of section 3.10.7.4 is the assembly's part). */
static void cut(struct flow *flow, struct arrival *a)
{
    if (seq_before(a->seq, flow->receive_next)) {
        if (a->flags & TCP_SYN) {
            a->flags &= (uint8_t)~TCP_SYN;
            a->seq++;
        }
        uint32_t old = seq_count(a->seq, flow->receive_next);
        if (old > a->payload.len)
            old = (uint32_t)a->payload.len;
        if (old > 0) {
            assembly_duplicate(&flow->assembly, (struct tcp_range){ a->seq, a->seq + old });
            arrive_text_compare(flow, a, a->seq, bytes_slice(a->payload, 0, old));
        }
        a->payload = bytes_skip(a->payload, old);
        a->seq += old;
        if (old > 0)
            delayed_ack_demand(&flow->ack);
    }
    uint32_t end = a->seq + (uint32_t)a->payload.len;
    if (seq_after(end, flow->window.edge)) {
        a->payload = bytes_slice(a->payload, 0, seq_count(a->seq, flow->window.edge));
        a->flags &= (uint8_t)~TCP_FIN;
        a->was_cut = true;
        delayed_ack_demand(&flow->ack);
    } else if (a->flags & TCP_FIN && end == flow->window.edge) {
        a->flags &= (uint8_t)~TCP_FIN;
        a->was_cut = true;
        delayed_ack_demand(&flow->ack);
    }
}

/* The handshake's own segments, repeated in SYN-RECEIVED. */
static enum arrive_verdict check_syn_again(struct flow *flow, struct arrival *a)
{
    if (flow->state != FLOW_STATE_SYN_RECEIVED || !(a->flags & TCP_SYN) || a->flags & TCP_RST ||
        a->seq != flow->initial_received)
        return ARRIVE_GO_ON;
    if (a->flags & TCP_ACK) {
        /* Simultaneous open: the peer's SYN is known, its ACK is new (figure 7 of section 3.5). */
        a->flags &= (uint8_t)~TCP_SYN;
        a->seq++;
        return ARRIVE_GO_ON;
    }
    /* A bare ACK, as in step 1, would not help a peer that did not get our SYN. */
    if (a->segment->options.has_timestamps)
        flow->ts_recent = a->segment->options.timestamp;
    flow->syn_is_due = true;
    return ARRIVE_DONE;
}

static void refuse(struct flow *flow, struct arrival *a)
{
    const struct tcp_segment *s = a->segment;
    if (s->flags & TCP_RST) {
        reply_trace_rejected(a, "a reset from outside the window");
        return;
    }
    uint32_t len = (uint32_t)s->payload.len;
    if (len == 0 && !(s->flags & TCP_FIN)) {
        /* A probe of a waiting peer, or an attacker's: answering rarely is enough for either. */
        arrive_sequence_challenge(flow, a, "not acceptable");
        return;
    }
    reply_trace_rejected(a, "not acceptable");
    if (len > 0 && seq_until(s->seq + len, flow->receive_next))
        assembly_duplicate(&flow->assembly, (struct tcp_range){ s->seq, s->seq + len });
    delayed_ack_demand(&flow->ack);
}

enum arrive_verdict arrive_sequence_check(struct flow *flow, struct arrival *a)
{
    if (check_syn_again(flow, a) == ARRIVE_DONE)
        return ARRIVE_DONE;
    if (is_old_duplicate(flow, a)) {
        refuse(flow, a);
        return ARRIVE_DONE;
    }
    if (arrive_sequence_lacks_timestamp(a, flow->has_timestamps))
        return ARRIVE_DONE;
    uint32_t len = (uint32_t)a->payload.len + !!(a->flags & TCP_SYN) + !!(a->flags & TCP_FIN);
    if (receive_window_accepts(&flow->window, flow->receive_next, a->seq, len)) {
        cut(flow, a);
        return ARRIVE_GO_ON;
    }
    /* Data for an abandoned flow is not acknowledged: once its peer has used up the window, everything that it still
     * acknowledges lies at the window's end. */
    if (flow->is_abandoned && len == 0 && a->seq == flow->window.edge)
        return ARRIVE_GO_ON;
    /* While the window is closed no text is acceptable, but ACK, URG and RST are (MUST-66). */
    if (a->seq == flow->receive_next &&
        receive_window_octets(&flow->window, flow->receive_next) == 0 &&
        (a->flags & TCP_RST || !(a->flags & TCP_SYN))) {
        a->payload = BYTES_NONE;
        a->flags &= (uint8_t)~TCP_FIN;
        a->was_cut = true;
        delayed_ack_demand(&flow->ack);
        return ARRIVE_GO_ON;
    }
    if (a->payload.len > 0)
        arrive_text_compare(flow, a, a->seq, a->payload);
    refuse(flow, a);
    return ARRIVE_DONE;
}

enum arrive_verdict arrive_sequence_reset(struct flow *flow, struct arrival *a)
{
    if (!(a->flags & TCP_RST))
        return ARRIVE_GO_ON;
    /* RFC 5961 section 3.2: within the window only the exact next number resets; another may be guessed. */
    if (a->segment->seq != flow->receive_next) {
        arrive_sequence_challenge(flow, a, "a reset with another number");
        return ARRIVE_DONE;
    }
    enum flow_event_kind event = FLOW_RESET;
    if (flow->state == FLOW_STATE_SYN_RECEIVED && !flow->is_passive)
        event = FLOW_REFUSED;
    /* In CLOSING and LAST-ACK both sides have sent all their data, but it is a clean close only if the peer has
     * ours. */
    if (flow_has_state(flow, FLOW_STATES(CLOSING) | FLOW_STATES(LAST_ACK)) &&
        seq_until(flow->send_end, flow_work(flow)->log.begin))
        event = FLOW_CLOSED;
    flow_move(flow, FLOW_CAUSE_RESET);
    flow_life_end(flow, event);
    return ARRIVE_DONE;
}

enum arrive_verdict arrive_sequence_syn(struct flow *flow, struct arrival *a)
{
    if (!(a->flags & TCP_SYN))
        return ARRIVE_GO_ON;
    if (flow->state == FLOW_STATE_SYN_RECEIVED && flow->is_passive) {
        /* Back to LISTEN: the handshake of this flow is over. */
        flow_move(flow, FLOW_CAUSE_RESET);
        flow_life_end(flow, FLOW_RESET);
        return ARRIVE_DONE;
    }
    /* RFC 5961 section 4.2: whatever its number. */
    arrive_sequence_challenge(flow, a, "a SYN for a connection that stands");
    return ARRIVE_DONE;
}
