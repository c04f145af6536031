/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/arrive.h"
#include "tcpip/tcp/flow_life.h"
#include "tcpip/tcp/flow_move.h"
#include "tcpip/tcp/reply.h"
#include "tcpip/tcp/timers.h"
#include "tcpip/tell.h"

enum { COOKIES_MS = 128 * 1000 }; /* how long a cookie may be answered */

static const char TOO_SMALL[] = "it asks for segments that are too small";

static struct flow_offer offer_of(const struct arrival *a)
{
    const struct tcp_segment *s = a->segment;
    struct flow_offer offer = flow_offer_of(s, a->local.address.version);
    offer.initial_sent = isn_sequence(&a->stack->isn, &a->local, &a->remote, a->now);
    if (a->has_least_sent)
        offer.initial_sent = seq_later(offer.initial_sent, a->least_sent);
    offer.ts_offset = isn_timestamp_offset(&a->stack->isn, &a->local, &a->remote);
    offer.has_timestamps &= !a->stack->setup.has_no_timestamps;
    /* RFC 3168 section 6.1.1: a SYN with both asks for ECN. */
    offer.has_ecn = (s->flags & (TCP_ECE | TCP_CWR)) == (TCP_ECE | TCP_CWR);
    return offer;
}

/* The handshake goes into the numbers of the SYN-ACK, and nothing is kept (RFC 4987 section 3.6). */
static void answer_with_cookie(struct arrival *a, struct flow_offer *offer)
{
    if (offer->mss < SYN_COOKIE_MSS_LEAST) {
        a->stack->counts.dropped_full++;
        reply_trace_rejected(
            a, "the handshakes kept are too many, and no cookie has its segment size");
        return;
    }
    struct syn_cookie_offer kept = {
        .mss = offer->mss,
        .has_timestamps = offer->has_timestamps,
        .has_scale = offer->has_scale,
        .has_sack = offer->has_sack,
        .has_ecn = offer->has_ecn,
        .scale = offer->scale,
    };
    if (!offer->has_timestamps)
        offer->has_scale = offer->has_sack = offer->has_ecn = false;
    uint32_t clock = flow_timestamp(offer->ts_offset, a->now);
    offer->initial_sent = syn_cookie_make(&a->stack->cookie, &a->local, &a->remote,
                                          offer->initial_received, &kept, a->now, &clock);
    a->stack->counts.cookies_sent++;
    a->stack->cookies_until = instant_after(a->now, COOKIES_MS);
    reply_syn_ack(a->stack, &a->local, &a->remote, offer, clock,
                  "the handshakes kept are too many: a cookie");
}

/* Each takes a flow: no more than pending_max, or a flood of SYNs would take all. A peer that is not asked about sends
 * its SYN again. */
static void ask(struct arrival *a, const struct flow_offer *offer)
{
    if (a->stack->asked_count >= a->stack->setup.pending_max) {
        a->stack->counts.dropped_full++;
        reply_trace_rejected(a, "too many wait for a decision");
        return;
    }
    struct flow *flow = flow_life_new(a->stack, &a->local, &a->remote, a->hash, a->now);
    if (!flow) {
        a->stack->counts.dropped_full++;
        reply_trace_rejected(a, "all flows are in use");
        return;
    }
    flow->is_passive = true;
    flow_move(flow, FLOW_CAUSE_SYN);
    flow_life_agree(flow, offer, a->now);
    flow->stalled_at = a->now;
    wheel_set(&a->stack->wheel, flow_number(flow), timers_deadline(flow));
    tell(flow, FLOW_ASKED);
}

void arrive_listen(struct arrival *a, enum listeners_kind kind)
{
    const struct tcp_segment *s = a->segment;
    /* First: a reset is ignored; it cannot answer anything sent. */
    if (s->flags & TCP_RST)
        return;
    /* Second: an acknowledgment has nothing to acknowledge, except a cookie. */
    if (s->flags & TCP_ACK) {
        if (!arrive_pending_cookie(a))
            reply_reset(a, "an acknowledgment for a port that listens");
        return;
    }
    /* Third: a SYN. Data with it is not kept; the peer sends it again. */
    if (!(s->flags & TCP_SYN))
        return;
    if (!flow_offer_is_acceptable(s)) {
        reply_reset(a, TOO_SMALL);
        return;
    }
    struct flow_offer offer = offer_of(a);
    if (kind == LISTENERS_DEFERRED)
        ask(a, &offer);
    else if (!arrive_pending_begin(a, &offer))
        answer_with_cookie(a, &offer);
}

void arrive_listen_flow(struct flow *flow, struct arrival *a)
{
    const struct tcp_segment *s = a->segment;
    if (s->flags & TCP_RST) {
        if (s->seq == flow->initial_received + 1) {
            flow_move(flow, FLOW_CAUSE_RESET);
            flow_life_end(flow, FLOW_RESET);
        }
    } else if (s->flags & TCP_ACK) {
        reply_reset(a, "an acknowledgment for a port that listens");
    } else if (s->flags & TCP_SYN && !flow_offer_is_acceptable(s)) {
        reply_reset(a, TOO_SMALL);
    } else if (s->flags & TCP_SYN) {
        /* The peer asks again, perhaps for a new connection. Its last timestamp is the one to echo: echoing the first
         * would make it measure a round trip as long as our owner takes to decide (RFC 7323 section 4.3). */
        struct flow_offer offer = offer_of(a);
        if (s->seq == flow->initial_received)
            offer.initial_sent = flow->initial_sent;
        flow_life_agree(flow, &offer, a->now);
    }
}
