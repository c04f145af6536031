/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/acked.h"
#include "tcpip/tcp/arrive.h"
#include "tcpip/tcp/flow_life.h"
#include "tcpip/tcp/flow_move.h"
#include "tcpip/tcp/reply.h"

static void agree(struct flow *flow, const struct arrival *a)
{
    const struct tcp_segment *s = a->segment;
    struct flow_offer offer = flow_offer_of(s, flow->local.address.version);
    offer.initial_sent = flow->initial_sent;
    offer.ts_offset = flow->ts_offset;
    offer.has_timestamps &= !flow->stack->setup.has_no_timestamps;
    /* RFC 3168 section 6.1.1: a SYN-ACK agrees with ECE alone, a SYN with both. */
    uint8_t yes = s->flags & TCP_ACK ? TCP_ECE : TCP_ECE | TCP_CWR;
    offer.has_ecn = flow->stack->setup.asks_for_ecn && (s->flags & (TCP_ECE | TCP_CWR)) == yes;
    flow_life_agree(flow, &offer, a->now);
}

/* Our SYN is acknowledged: what follows the SYN is processed from the sixth step on. */
static void open(struct flow *flow, struct arrival *a)
{
    flow->window_ack = a->segment->ack;
    acked_handshake(flow, a);
    flow_move(flow, FLOW_CAUSE_SYN_ACK);
    flow_life_opened(flow, a->now);
    delayed_ack_demand(&flow->ack);
    a->seq++;
    uint32_t end = a->seq + (uint32_t)a->payload.len;
    if (seq_after(end, flow->window.edge)) {
        a->payload = bytes_slice(a->payload, 0, seq_count(a->seq, flow->window.edge));
        a->flags &= (uint8_t)~TCP_FIN;
    }
    arrive_text_urgent(flow, a);
    if (arrive_text(flow, a) == ARRIVE_GO_ON)
        arrive_text_fin(flow, a);
}

void arrive_syn_sent(struct flow *flow, struct arrival *a)
{
    const struct tcp_segment *s = a->segment;
    bool has_ack = s->flags & TCP_ACK;
    /* First. */
    if (has_ack &&
        (seq_until(s->ack, flow->initial_sent) || seq_after(s->ack, flow_work(flow)->log.end))) {
        reply_reset(a, "it acknowledges what was not sent");
        return;
    }
    /* Second: without a correct ACK, a reset could be from anybody. */
    if (s->flags & TCP_RST) {
        if (has_ack) {
            flow_move(flow, FLOW_CAUSE_RESET);
            flow_life_end(flow, FLOW_REFUSED);
        }
        return;
    }
    /* Fourth, fifth. */
    if (!(s->flags & TCP_SYN))
        return;
    if (!flow_offer_is_acceptable(s)) {
        reply_reset(a, "it asks for segments that are too small");
        flow_move(flow, FLOW_CAUSE_RESET);
        flow_life_end(flow, FLOW_REFUSED);
        return;
    }
    agree(flow, a);
    if (has_ack) {
        open(flow, a);
    } else {
        /* Simultaneous open (MUST-10). Whatever else the segment carries will come again. */
        flow_move(flow, FLOW_CAUSE_SYN);
        flow->syn_is_due = true;
    }
}
