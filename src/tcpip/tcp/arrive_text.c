/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/check.h"
#include "tcpip/tcp/arrive.h"
#include "tcpip/tcp/flow_life.h"
#include "tcpip/tcp/flow_move.h"
#include "tcpip/tcp/reply.h"
#include "tcpip/tell.h"

#include <string.h>

void arrive_text_urgent(struct flow *flow, struct arrival *a)
{
    if (!(a->flags & TCP_URG) || !flow_has_state(flow, FLOW_STATES_RECEIVING))
        return;
    /* MUST-62: the pointer is to what follows the urgent data. It is only a number, never used to address memory. */
    uint32_t end = a->segment->seq + a->segment->urgent_pointer;
    if (flow->has_receive_urgent && seq_until(end, flow->receive_urgent))
        return;
    bool is_ahead = seq_after(end, flow->read_next);
    flow->has_receive_urgent = is_ahead;
    flow->receive_urgent = end;
    if (is_ahead)
        tell(flow, FLOW_URGENT); /* MUST-32 */
}

/* RFC 3168 section 6.1.3: a congestion mark is echoed until the peer responds to it. */
static void note_congestion(struct flow *flow, const struct arrival *a)
{
    if (!flow->has_ecn)
        return;
    if (a->flags & TCP_CWR)
        flow->ece_is_due = false;
    if (a->ip->ecn == ECN_CONGESTED) {
        if (!flow->ece_is_due)
            delayed_ack_demand(&flow->ack);
        flow->ece_is_due = true;
    }
}

/* Whether the octets at `seq` are the same. What is no longer there cannot be compared. */
static bool is_same(struct flow *flow, uint32_t seq, struct bytes octets)
{
    while (octets.len > 0) {
        struct bytes held =
            chunk_queue_read(&flow->received, &flow->stack->chunks, seq, octets.len);
        if (held.len == 0)
            return true;
        if (memcmp(held.data, octets.data, held.len) != 0)
            return false;
        seq += (uint32_t)held.len;
        octets = bytes_skip(octets, held.len);
    }
    return true;
}

static void note_mismatch(struct flow *flow, const struct arrival *a)
{
    flow->stack->counts.overlap_mismatches++;
    reply_trace_rejected(a, "it has other octets for numbers that came before");
}

void arrive_text_compare(struct flow *flow, const struct arrival *a, uint32_t seq,
                         struct bytes octets)
{
    uint32_t end = seq + (uint32_t)octets.len, unread = flow_life_unread(flow);
    uint32_t from = seq_later(seq, flow->read_next);
    uint32_t to = seq_earlier(end, flow->read_next + unread);
    if (seq_before(from, to) &&
        !is_same(flow, from, bytes_slice(octets, seq_count(seq, from), seq_count(from, to))))
        note_mismatch(flow, a);
}

/* Copies the new parts of the payload into place. What was there already stays. */
static void keep(struct flow *flow, const struct arrival *a)
{
    struct tcp_range rest = { a->seq, a->seq + (uint32_t)a->payload.len }, part;
    uint32_t held = a->seq; /* held from here up to the part */
    bool is_all_same = true;
    while (assembly_missing(&flow->assembly, &rest, &part)) {
        is_all_same &=
            is_same(flow, held,
                    bytes_slice(a->payload, seq_count(a->seq, held), seq_count(held, part.begin)));
        held = part.end;
        struct bytes octets =
            bytes_slice(a->payload, seq_count(a->seq, part.begin), seq_range_len(part));
        size_t written =
            chunk_queue_write(&flow->received, &flow->stack->chunks, part.begin, octets);
        CHECK(written == octets.len); /* the chunks were promised */
    }
    if (!is_all_same || !is_same(flow, held, bytes_skip(a->payload, seq_count(a->seq, held))))
        note_mismatch(flow, a);
}

static void receive_in_order(struct flow *flow, const struct arrival *a)
{
    struct stack *stack = flow->stack;
    uint32_t len = (uint32_t)a->payload.len;
    bool is_filling = !assembly_is_empty(&flow->assembly);
    if (!is_filling && flow_life_unread(flow) == 0) {
        /* The owner may take it from the packet, without a copy. The chunks stay promised for what it leaves. */
        stack->borrower = flow;
        stack->borrowed = a->payload;
        stack->borrowed_at = a->seq;
    } else {
        chunks_release_promise(&stack->chunks); /* they were promised to this */
        keep(flow, a);
    }
    flow->receive_next = a->seq + len;
    if (is_filling) {
        flow->receive_next = assembly_advance(&flow->assembly, flow->receive_next);
        block_pool_give(&stack->assembly_blocks, assembly_take_block(&flow->assembly));
        delayed_ack_demand(&flow->ack);
    } else {
        delayed_ack_received(&flow->ack, len, flow->mss_received, a->now);
    }
    tell(flow, FLOW_DATA);
}

static void receive_out_of_order(struct flow *flow, const struct arrival *a)
{
    struct stack *stack = flow->stack;
    if (!flow->assembly.block) {
        struct assembly_block *block = block_pool_take(&stack->assembly_blocks);
        if (block)
            assembly_lend_block(&flow->assembly, block);
    }
    /* The chunks were promised: nothing else takes any until this is done. */
    chunks_release_promise(&stack->chunks);
    if (flow->assembly.block) {
        keep(flow, a);
        /* If it cannot be recorded it counts as not received; the octets lie where they will be written again. */
        if (!assembly_add(&flow->assembly,
                          (struct tcp_range){ a->seq, a->seq + (uint32_t)a->payload.len }))
            reply_trace_rejected(a, "too many pieces are out of order");
        block_pool_give(&stack->assembly_blocks, assembly_take_block(&flow->assembly));
    }
    delayed_ack_demand(&flow->ack);
    delayed_ack_hurry(&flow->ack);
}

/* SHLD-3: data for an owner that is gone is lost, and the peer must learn of it. */
static enum arrive_verdict reset_for_lost_data(struct flow *flow, struct arrival *a)
{
    if (seq_before(flow_work(flow)->log.begin, flow->send_end)) {
        flow->is_abandoned = true; /* what was handed over is delivered first */
        return ARRIVE_DONE;
    }
    /* Numbered by its acknowledgment, as for a connection that does not exist: what we sent last may not have arrived,
     * and then no other number is exact (RFC 5961 section 3.2). */
    reply_reset(a, "data came for an owner who is gone");
    reply_trace_rejected(a, "nobody is there to read it");
    flow_move(flow, FLOW_CAUSE_ABORT);
    flow_life_end(flow, FLOW_RESET);
    return ARRIVE_DONE;
}

enum arrive_verdict arrive_text(struct flow *flow, struct arrival *a)
{
    note_congestion(flow, a);
    if (flow->knows_fin && seq_after(a->seq + (uint32_t)a->payload.len, flow->fin_at)) {
        uint32_t left = seq_until(a->seq, flow->fin_at) ? seq_count(a->seq, flow->fin_at) : 0;
        a->payload = bytes_slice(a->payload, 0, left);
    }
    uint32_t len = (uint32_t)a->payload.len;
    if (len == 0 || !flow_has_state(flow, FLOW_STATES_RECEIVING))
        return ARRIVE_GO_ON;
    if (flow->is_abandoned) /* a reset will follow; until then nothing is acknowledged */
        return ARRIVE_DONE;
    if (flow->is_released)
        return reset_for_lost_data(flow, a);
    flow_life_settle(flow->stack);
    struct chunks *pool = &flow->stack->chunks;
    if (!chunks_promise(pool, chunk_queue_lacks(&flow->received, pool, a->seq, len))) {
        flow->stack->counts.dropped_full++;
        reply_trace_rejected(a, "there is no memory for it");
        delayed_ack_demand(&flow->ack);
        return ARRIVE_DONE;
    }
    uint32_t full = len < flow->mss ? len : flow->mss;
    if (full > flow->mss_received)
        flow->mss_received = (uint16_t)full;
    flow->octets_received += len;
    flow->stack->counts.octets_in += len;
    if (a->seq == flow->receive_next)
        receive_in_order(flow, a);
    else
        receive_out_of_order(flow, a);
    return ARRIVE_GO_ON;
}

void arrive_text_fin(struct flow *flow, struct arrival *a)
{
    if (a->flags & TCP_FIN && !flow->knows_fin) {
        flow->knows_fin = true;
        flow->fin_at = a->seq + (uint32_t)a->payload.len;
        /* Out of order: it waits for what is missing, and an ACK reports the gap. */
        delayed_ack_demand(&flow->ack);
    }
    if (!flow->knows_fin || flow->has_fin || flow->receive_next != flow->fin_at)
        return;
    flow->has_fin = true;
    flow->receive_next++;
    delayed_ack_demand(&flow->ack);
    tell(flow, FLOW_PEER_CLOSED);
    flow_move(flow, FLOW_CAUSE_FIN);
    if (flow->state == FLOW_STATE_TIME_WAIT)
        flow_life_time_wait(flow, a->now);
}
