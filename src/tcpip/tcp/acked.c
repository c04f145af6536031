/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/acked.h"

#include "tcpip/stack_events.h"
#include "tcpip/tcp/flow_life.h"
#include "tcpip/tell.h"

/* When the segment whose timestamp is echoed was sent: our tick, extended by the current time. */
static struct instant echo_at(const struct flow *flow, const struct arrival *a)
{
    const struct tcp_options *options = &a->segment->options;
    if (!flow->has_timestamps || !options->has_timestamps)
        return INSTANT_NEVER;
    uint32_t age_ms = seq_count(options->timestamp_echo, flow_timestamp(flow->ts_offset, a->now));
    if (age_ms > FLOW_TIMESTAMP_AGE_MS)
        return INSTANT_NEVER;
    return (struct instant){ (a->now.us / 1000 - age_ms) * 1000 };
}

static struct sent_log_ack ack_of(const struct flow *flow, const struct arrival *a,
                                  bool may_be_duplicate)
{
    const struct tcp_segment *s = a->segment;
    return (struct sent_log_ack){
        .ack = s->ack,
        .sacks = s->options.sacks,
        .sack_count = flow->has_sack ? s->options.sack_count : 0,
        .may_be_duplicate =
            may_be_duplicate && s->payload.len == 0 && !(s->flags & (TCP_SYN | TCP_FIN)),
        .echo_at = echo_at(flow, a),
    };
}

void acked_trace_loss(const struct flow *flow, const char *kind)
{
    if (!flow->stack->trace)
        return;
    char local[IP_ENDPOINT_TEXT], remote[IP_ENDPOINT_TEXT];
    ip_address_format_endpoint(&flow->local, local);
    ip_address_format_endpoint(&flow->remote, remote);
    TRACE(flow->stack->trace, &stack_events_LOSS, trace_text("src", "stack"),
          trace_text("local", local), trace_text("remote", remote), trace_text("kind", kind),
          trace_number("window", flow_work(flow)->congestion.window),
          trace_number("threshold", flow_work(flow)->congestion.threshold),
          trace_number("in_flight", sent_log_in_flight(&flow_work(flow)->log)));
}

/* Frees what the peer has received. */
static void forget_acked(struct flow *flow, uint32_t acked)
{
    if (acked == 0)
        return;
    if (seq_until(flow->send_end, flow_work(flow)->log.begin))
        chunk_queue_clear(&flow->sending, &flow->stack->chunks);
    else
        chunk_queue_drop(&flow->sending, &flow->stack->chunks, flow_work(flow)->log.begin);
    block_pool_give(&flow->stack->sent_blocks, sent_log_take_block(&flow_work(flow)->log));
    records_forget(&flow_work(flow)->records, flow_work(flow)->log.begin);
    acked_tell_room(flow);
    if (flow->wants_acked && seq_until(flow->send_end, flow_work(flow)->log.begin)) {
        flow->wants_acked = false;
        tell(flow, FLOW_ACKED);
    }
    flow->ack_is_late = false;
}

void acked_tell_room(struct flow *flow)
{
    uint32_t used = seq_count(flow_work(flow)->log.begin, flow->send_end);
    if (flow->wants_room && !flow->is_closing && used <= flow->send_max / 2 &&
        flow->stack->chunks.free_count > 0) {
        flow->wants_room = false;
        flow_list_remove(&flow->stack->starved, flow);
        tell(flow, FLOW_ROOM);
    }
}

/* RFC 8899: the probe has arrived, or what ICMP reported was false. */
static void note_path(struct flow *flow, uint32_t acked, struct instant now)
{
    if (acked == 0)
        return;
    path_mtu_progressed(&flow->path);
    flow->path_is_proved |= acked >= flow->mss;
    struct sent_log *log = &flow_work(flow)->log;
    struct tcp_range probe = log->path_probe;
    if (seq_range_len(probe) > 0 && seq_until(probe.end, log->begin)) {
        sent_log_path_probe(log, probe.end, probe.end);
        if (path_mtu_probe_acked(&flow->path, now))
            flow_life_set_mss(flow);
    }
}

/* MUST-37, SHLD-17: a peer that answers with a closed window is not silent, even if it closed it over what is in
 * flight. But without an owner our memory is not kept for ever. */
static bool is_held_back(const struct flow *flow)
{
    return flow->send_window == 0 && !flow->is_released && !flow->ends_when_shut;
}

static void note_stall(struct flow *flow, uint32_t acked, struct instant now)
{
    bool has_all = acked > 0 && sent_log_is_empty(&flow_work(flow)->log);
    if (has_all || is_held_back(flow))
        flow->stalled_at = INSTANT_NEVER; /* until something that needs an answer is sent */
    else if (acked > 0)
        flow->stalled_at = now;
}

/* Traces losses, once for each change. */
static void trace_result(const struct flow *flow, const struct sent_log_result *result)
{
    if (result->has_entered)
        acked_trace_loss(flow, "fast recovery begins");
    if (result->was_needless)
        acked_trace_loss(flow, "the retransmission was needless");
    else if (result->has_left)
        acked_trace_loss(flow, "recovery is over");
}

void acked_handshake(struct flow *flow, const struct arrival *a)
{
    struct sent_log_ack ack = ack_of(flow, a, false);
    struct sent_log_result result;
    sent_log_acked(&flow_work(flow)->log, &ack, a->now, &result);
    note_stall(flow, result.acked, a->now);
}

void acked_data(struct flow *flow, const struct arrival *a, bool may_be_duplicate)
{
    struct sent_log_ack ack = ack_of(flow, a, may_be_duplicate);
    /* An idle connection has nothing to learn from an ACK. */
    if (!sent_log_is_empty(&flow_work(flow)->log) || ack.sack_count > 0) {
        struct sent_log_result result;
        if (ack.sack_count > 0)
            flow_life_lend_block(flow);
        sent_log_acked(&flow_work(flow)->log, &ack, a->now, &result);
        congestion_acked(&flow_work(flow)->congestion, &result,
                         flow_work(flow)->log.rto.smoothed_us, a->now);
        note_path(flow, result.acked, a->now);
        note_stall(flow, result.acked, a->now);
        trace_result(flow, &result);
        forget_acked(flow, result.acked);
        flow->waits_for_more &= result.acked == 0;
    } else if (is_held_back(flow)) {
        flow->stalled_at = INSTANT_NEVER;
    }
    if (flow->has_ecn && a->segment->flags & TCP_ECE &&
        congestion_echoed(&flow_work(flow)->congestion, &flow_work(flow)->log)) {
        flow->cwr_is_due = true;
        acked_trace_loss(flow, "the network is congested (ECN)");
    }
}
