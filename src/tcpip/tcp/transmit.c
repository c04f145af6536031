/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/transmit.h"

#include "tcpip/tcp/flow_life.h"
#include "tcpip/tcp/reply.h"

enum { SACK_HEADER_LEN = 4, SACK_BLOCK_LEN = 8 }; /* with two octets of padding */

/* Octets of data in the plan, without SYN and FIN. */
static uint32_t data_len(const struct transmit_plan *plan)
{
    return seq_count(plan->begin, plan->end) - !!(plan->flags & TCP_SYN) -
           !!(plan->flags & TCP_FIN);
}

/* Whether the link must cut it into segments. */
static bool is_cut(const struct flow *flow, const struct transmit_plan *plan)
{
    return data_len(plan) > flow->mss && !plan->is_path_probe;
}

static void add_slices(struct flow *flow, const struct transmit_plan *plan,
                       struct stack_frame *frame)
{
    uint32_t at = plan->begin, left = data_len(plan);
    frame->slice_count = 0;
    while (left > 0 && frame->slice_count < STACK_SLICES) {
        struct bytes piece = chunk_queue_read(&flow->sending, &flow->stack->chunks, at, left);
        frame->slices[frame->slice_count++] = piece;
        at += (uint32_t)piece.len;
        left -= (uint32_t)piece.len;
    }
}

/* Whether something can be reported only by SACK. */
static bool owes_sack(const struct flow *flow)
{
    return flow->has_sack &&
           (!assembly_is_empty(&flow->assembly) || seq_range_len(flow->assembly.duplicate) > 0);
}

/* SACK blocks that the segment has room for: Eff.snd.MSS does not allow for them. */
static size_t sacks_that_fit(const struct flow *flow, const struct transmit_plan *plan)
{
    uint32_t len = data_len(plan), room = len < flow->mss ? flow->mss - len : 0;
    size_t most = flow->has_timestamps ? TCP_SACK_BLOCKS - 1 : TCP_SACK_BLOCKS;
    size_t fit = room > SACK_HEADER_LEN ? (room - SACK_HEADER_LEN) / SACK_BLOCK_LEN : 0;
    return len == 0 || fit > most ? most : fit;
}

static void set_options(struct flow *flow, const struct transmit_plan *plan, struct instant now,
                        struct tcp_options *out)
{
    const struct stack *stack = flow->stack;
    bool is_syn = plan->flags & TCP_SYN, is_asking = plan->has_no_ack;
    *out = (struct tcp_options){
        .has_mss = is_syn, /* MUST-65: in no other */
        .mss = is_syn ? reply_mss(stack, flow->local.address.version) : 0,
        .has_scale = is_syn && (is_asking || flow->has_scale),
        .scale = is_syn ? receive_window_scale(stack->setup.receive_max) : 0,
        .has_sack_permitted = is_syn && (is_asking || flow->has_sack),
        .has_timestamps = is_asking ? !stack->setup.has_no_timestamps : flow->has_timestamps,
        .timestamp = flow_timestamp(flow->ts_offset, now),
        .timestamp_echo = is_asking ? 0 : flow->ts_recent,
    };
    if (!is_syn && owes_sack(flow) && sacks_that_fit(flow, plan) > 0)
        out->sack_count =
            (uint8_t)assembly_sacks(&flow->assembly, out->sacks, sacks_that_fit(flow, plan));
}

/* RFC 3168: ECE is repeated until CWR comes; CWR goes on the first new data after a reduction. */
static uint8_t ecn_flags(struct flow *flow, const struct transmit_plan *plan, bool is_new_data)
{
    if (plan->flags & TCP_SYN) {
        /* A SYN may have been lost because it asked for ECN (section 6.1.1.1). */
        if (plan->has_no_ack)
            return flow->stack->setup.asks_for_ecn && !plan->is_again ? TCP_ECE | TCP_CWR : 0;
        return flow->has_ecn ? TCP_ECE : 0;
    }
    uint8_t flags = flow->ece_is_due ? TCP_ECE : 0;
    if (is_new_data && flow->cwr_is_due) {
        flow->cwr_is_due = false;
        flags |= TCP_CWR;
    }
    return flags;
}

static void set_urgent(struct flow *flow, const struct transmit_plan *plan, struct tcp_segment *s)
{
    if (!flow->has_send_urgent || plan->flags & TCP_SYN)
        return;
    if (!seq_after(flow->send_urgent, plan->begin)) {
        flow->has_send_urgent = false;
        return;
    }
    uint32_t ahead = seq_count(plan->begin, flow->send_urgent);
    s->flags |= TCP_URG;
    s->urgent_pointer = ahead < UINT16_MAX ? (uint16_t)ahead : UINT16_MAX;
}

static struct tcp_segment segment_of(struct flow *flow, const struct transmit_plan *plan,
                                     struct instant now)
{
    struct tcp_segment s = {
        .source_port = flow->local.port,
        .destination_port = flow->remote.port,
        .seq = plan->begin,
        .flags = plan->flags,
    };
    bool is_new_data = !plan->is_again && data_len(plan) > 0;
    /* A receiver that gathers segments (GRO) has them all now. */
    if (is_cut(flow, plan))
        s.flags |= TCP_PSH;
    s.flags |= ecn_flags(flow, plan, is_new_data);
    if (plan->has_no_ack) {
        uint32_t window =
            flow->receive_max < FLOW_WINDOW_INITIAL ? flow->receive_max : FLOW_WINDOW_INITIAL;
        s.window = (uint16_t)window;
    } else {
        s.flags |= TCP_ACK;
        s.ack = flow->receive_next;
        s.window =
            receive_window_tell(&flow->window, flow->receive_next, flow_life_unread(flow),
                                flow_life_receive_room(flow), flow->mss, plan->flags & TCP_SYN);
    }
    set_urgent(flow, plan, &s);
    set_options(flow, plan, now, &s.options);
    return s;
}

static void write_frame(struct flow *flow, const struct transmit_plan *plan, struct tcp_segment *s,
                        struct stack_frame *frame)
{
    uint32_t len = data_len(plan);
    struct ip_header ip = {
        .source = flow->local.address,
        .destination = flow->remote.address,
        .protocol = IP_TCP,
        .dscp = flow->dscp,
        .ttl = flow->ttl,
        .dont_fragment = true,
        /* RFC 3168 section 6.1: only data sent for the first time. */
        .ecn = flow->has_ecn && len > 0 && !plan->is_again ? ECN_CAPABLE_0 : ECN_NOT_CAPABLE,
    };
    bool will_be_cut = is_cut(flow, plan);
    struct reply_frame written = reply_write_header(flow->stack, &ip, s, frame->slices,
                                                    frame->slice_count, will_be_cut, frame->header);
    frame->header_len = written.header_len;
    frame->transport_at = written.transport_at;
    frame->needs_checksum = written.needs_checksum;
    frame->segment_len = will_be_cut ? flow->mss : 0;
    frame->len = frame->header_len + len;
}

static void note_sent(struct flow *flow, const struct transmit_plan *plan, bool has_told_all,
                      struct instant now)
{
    uint32_t octets = seq_count(plan->begin, plan->end), len = data_len(plan);
    if (!plan->has_no_ack) {
        flow->last_ack_sent = flow->receive_next;
        if (has_told_all)
            delayed_ack_sent(&flow->ack);
    }
    if (octets == 0)
        return;
    flow_life_lend_block(flow);
    sent_log_sent(&flow_work(flow)->log, plan->begin, plan->end, now);
    if (!(plan->flags & TCP_SYN))
        congestion_sent(&flow_work(flow)->congestion, &flow_work(flow)->log, octets);
    if (flow->stalled_at.us == INSTANT_NEVER.us)
        flow->stalled_at = now;
    persist_end(&flow->persist);
    flow->small_is_due = false;
    if (len > 0 && len % flow->mss != 0 && !plan->is_path_probe)
        flow->small_end = plan->begin + len;
    if (plan->is_path_probe) {
        path_mtu_probe_sent(&flow->path);
        sent_log_path_probe(&flow_work(flow)->log, plan->begin, plan->end);
    }
    if (plan->is_again) {
        flow->retransmitted += octets;
        flow->stack->counts.retransmitted++;
        if (plan->flags & TCP_SYN)
            flow->syn_was_lost = true;
    } else {
        flow->octets_sent += len;
        flow->stack->counts.octets_out += len;
    }
}

bool transmit(struct flow *flow, struct instant now, struct stack_frame *frame)
{
    struct transmit_plan plan;
    if (!transmit_choose(flow, now, &plan))
        return false;
    add_slices(flow, &plan, frame);
    bool owed = owes_sack(flow) && delayed_ack_is_due(&flow->ack, now);
    struct tcp_segment s = segment_of(flow, &plan, now);
    /* What a full segment has no room for, a bare acknowledgment reports next. */
    bool has_told_all = !owed || s.options.sack_count > 0;
    write_frame(flow, &plan, &s, frame);
    note_sent(flow, &plan, has_told_all, now);
    flow->stack->counts.segments_out++;
    reply_trace_segment(flow->stack, true, &flow->local, &flow->remote, &s, data_len(&plan),
                        plan.why);
    return true;
}
