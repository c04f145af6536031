/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/arrive.h"
#include "tcpip/tcp/flow_life.h"
#include "tcpip/tcp/flow_move.h"
#include "tcpip/tcp/reply.h"
#include "tcpip/tell.h"

static void send_syn_ack(struct stack *stack, struct pending_entry *p, struct instant now,
                         const char *why)
{
    reply_syn_ack(stack, &p->local, &p->remote, &p->offer, flow_timestamp(p->offer.ts_offset, now),
                  why);
}

static uint32_t wheel_node(const struct stack *stack, uint32_t entry)
{
    return (uint32_t)stack->setup.flow_max + entry;
}

bool arrive_pending_begin(const struct arrival *a, const struct flow_offer *offer)
{
    struct stack *stack = a->stack;
    uint32_t entry = pending_take(&stack->pending);
    if (entry == UINT32_MAX)
        return false;
    struct pending_entry *p = &stack->pending.entries[entry];
    *p = (struct pending_entry){
        .hash = a->hash,
        .local = a->local,
        .remote = a->remote,
        .offer = *offer,
        .sent_at = a->now,
        .tries = 1,
    };
    flow_table_put(&stack->table, a->hash, stack_entry(STACK_ENTRY_PENDING, entry));
    flow_move_trace(stack, &a->local, &a->remote, FLOW_STATE_LISTEN, FLOW_STATE_SYN_RECEIVED,
                    FLOW_CAUSE_SYN);
    send_syn_ack(stack, p, a->now, "answers the SYN");
    wheel_set(&stack->wheel, wheel_node(stack, entry), instant_after(a->now, PENDING_FIRST_MS));
    return true;
}

/* Ends one without an answer. */
static void drop(struct stack *stack, uint32_t entry)
{
    flow_table_remove(&stack->table, stack->pending.entries[entry].hash,
                      stack_entry(STACK_ENTRY_PENDING, entry));
    wheel_set(&stack->wheel, wheel_node(stack, entry), INSTANT_NEVER);
    pending_give(&stack->pending, entry);
}

static void back_to_listen(const struct stack *stack, const struct pending_entry *p,
                           enum flow_cause cause)
{
    flow_move_trace(stack, &p->local, &p->remote, FLOW_STATE_SYN_RECEIVED, FLOW_STATE_LISTEN,
                    cause);
}

void arrive_pending_unreachable(struct stack *stack, uint32_t entry, uint32_t seq)
{
    const struct pending_entry *p = &stack->pending.entries[entry];
    if (seq != p->offer.initial_sent)
        return;
    back_to_listen(stack, p, FLOW_CAUSE_UNREACHABLE);
    drop(stack, entry);
}

void arrive_pending_expire(struct stack *stack, uint32_t entry, struct instant now)
{
    struct pending_entry *p = &stack->pending.entries[entry];
    if (p->tries >= PENDING_TRIES) {
        back_to_listen(stack, p, FLOW_CAUSE_TIMEOUT);
        drop(stack, entry);
        return;
    }
    stack->counts.retransmitted++;
    p->was_sent_again = true;
    p->tries++;
    p->challenges = 0;
    send_syn_ack(stack, p, now, "the SYN-ACK was not acknowledged");
    wheel_set(&stack->wheel, wheel_node(stack, entry),
              instant_after(now, (int64_t)PENDING_FIRST_MS << (p->tries - 1)));
}

/* RFC 5961 section 7: challenges are limited; the limit is per handshake, so that nobody can see on its own connection
 * what others have used up (CVE-2016-5696). */
static void challenge(const struct arrival *a, struct pending_entry *p, const char *why)
{
    const struct flow_offer *offer = &p->offer;
    if (p->challenges == PENDING_CHALLENGES) {
        reply_trace_rejected(a, why);
        return;
    }
    p->challenges++;
    struct tcp_segment s = {
        .flags = TCP_ACK,
        .seq = offer->initial_sent + 1,
        .ack = offer->initial_received + 1,
        .window = FLOW_WINDOW_INITIAL >> (offer->has_scale ? receive_window_scale(a->stack->setup.receive_max) : 0),
        .options = {
            .has_timestamps = offer->has_timestamps,
            .timestamp = flow_timestamp(offer->ts_offset, a->now),
            .timestamp_echo = offer->ts_recent,
        },
    };
    a->stack->counts.challenge_acks++;
    reply_send(a->stack, &a->local, &a->remote, &s, why);
}

/* The flow for a completed handshake; NULL if none is free. */
static struct flow *open_flow(struct arrival *a, const struct flow_offer *offer,
                              const struct pending_entry *p)
{
    struct flow *flow = flow_life_new(a->stack, &a->local, &a->remote, a->hash, a->now);
    if (!flow) {
        a->stack->counts.dropped_full++;
        reply_trace_rejected(a, "all flows are in use");
        return NULL;
    }
    flow->is_passive = true;
    flow_life_agree(flow, offer, a->now);
    sent_log_init(&flow_work(flow)->log, offer->initial_sent + 1);
    flow->send_end = offer->initial_sent + 1;
    flow->syn_was_lost = p && p->tries > 1;
    if (p && !p->was_sent_again)
        rto_sample(&flow_work(flow)->log.rto, (uint32_t)(a->now.us - p->sent_at.us), 1, a->now);
    flow_move(flow, FLOW_CAUSE_SYN_ACKED);
    flow_life_opened(flow, a->now);
    return flow;
}

/* Steps 1 to 4 of section 3.10.7.4 for SYN-RECEIVED. */
static enum arrive_verdict check(struct arrival *a, uint32_t entry)
{
    const struct tcp_segment *s = a->segment;
    struct pending_entry *p = &a->stack->pending.entries[entry];
    uint32_t next = p->offer.initial_received + 1;
    if ((s->flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN &&
        s->seq == p->offer.initial_received) {
        /* The peer did not get our SYN-ACK. One reply per segment, so a flood is not amplified. */
        if (s->options.has_timestamps)
            p->offer.ts_recent = s->options.timestamp;
        p->was_sent_again = true;
        send_syn_ack(a->stack, p, a->now, "the SYN came again");
        return ARRIVE_DONE;
    }
    if (arrive_sequence_lacks_timestamp(a, p->offer.has_timestamps))
        return ARRIVE_DONE;
    struct receive_window window = { .edge = next + FLOW_WINDOW_INITIAL };
    if (arrive_sequence_is_outdated(s, p->offer.has_timestamps, p->offer.ts_recent) ||
        !receive_window_accepts(&window, next, s->seq, tcp_segment_len(s))) {
        if (!(s->flags & TCP_RST))
            challenge(a, p, "not acceptable in SYN-RECEIVED");
        return ARRIVE_DONE;
    }
    if (s->flags & TCP_RST) {
        /* Back to LISTEN: no owner knew of it. RFC 5961 section 3: only with the exact number. */
        if (s->seq == next) {
            back_to_listen(a->stack, p, FLOW_CAUSE_RESET);
            drop(a->stack, entry);
        } else {
            challenge(a, p, "a reset with another number");
        }
        return ARRIVE_DONE;
    }
    if (s->flags & TCP_SYN) {
        /* Step 4: after a passive OPEN, back to LISTEN. */
        back_to_listen(a->stack, p, FLOW_CAUSE_SYN);
        drop(a->stack, entry);
        return ARRIVE_DONE;
    }
    return s->flags & TCP_ACK ? ARRIVE_GO_ON : ARRIVE_DONE;
}

void arrive_pending(struct arrival *a, uint32_t entry)
{
    if (check(a, entry) == ARRIVE_DONE)
        return;
    struct pending_entry p = a->stack->pending.entries[entry];
    if (a->segment->ack != p.offer.initial_sent + 1) {
        reply_reset(a, "it acknowledges what was not sent");
        return;
    }
    if (a->stack->free_flow_count == 0) {
        /* The peer considers the connection open and will send again; a flow may be free then. */
        a->stack->counts.dropped_full++;
        return;
    }
    drop(a->stack, entry);
    struct flow *flow = open_flow(a, &p.offer, &p);
    if (flow)
        arrive_flow(flow, a);
}

bool arrive_pending_cookie(struct arrival *a)
{
    const struct tcp_segment *s = a->segment;
    if (instant_reached(a->now, a->stack->cookies_until) || s->flags & (TCP_SYN | TCP_RST))
        return false;
    struct syn_cookie_offer kept;
    uint32_t offset = isn_timestamp_offset(&a->stack->isn, &a->local, &a->remote);
    const uint32_t *echo = s->options.has_timestamps ? &s->options.timestamp_echo : NULL;
    if (!syn_cookie_check(&a->stack->cookie, &a->local, &a->remote, s->seq - 1, s->ack - 1, echo,
                          a->now, &kept))
        return false;
    struct flow_offer offer = {
        .initial_sent = s->ack - 1,
        .initial_received = s->seq - 1,
        .window = s->window,
        .ts_recent = s->options.timestamp,
        .ts_offset = offset,
        .mss = kept.mss,
        .scale = kept.scale,
        .has_scale = kept.has_scale,
        .has_sack = kept.has_sack,
        .has_timestamps = kept.has_timestamps,
        .has_ecn = kept.has_ecn,
    };
    a->stack->counts.cookies_right++;
    struct flow *flow = open_flow(a, &offer, NULL);
    if (flow)
        arrive_flow(flow, a);
    return true;
}
