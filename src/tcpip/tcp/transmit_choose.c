/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/flow_life.h"
#include "tcpip/tcp/transmit.h"

#define SENDING                                                                     \
    (FLOW_STATES(ESTABLISHED) | FLOW_STATES(CLOSE_WAIT) | FLOW_STATES(FIN_WAIT_1) | \
     FLOW_STATES(CLOSING) | FLOW_STATES(LAST_ACK))

/* The end of all that is to be sent, including the FIN. */
static uint32_t end_of_all(const struct flow *flow)
{
    return flow->send_end + flow->is_closing;
}

/* SND.UNA + SND.WND - SND.NXT, or 0 if the peer has shrunk its window (MUST-34). */
static uint32_t usable_window(const struct flow *flow)
{
    uint32_t edge = flow_work(flow)->log.begin + flow->send_window;
    return seq_after(edge, flow_work(flow)->log.end) ? seq_count(flow_work(flow)->log.end, edge)
                                                     : 0;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t frame_max(const struct flow *flow)
{
    uint16_t least_segments = flow->stack->setup.large_segments_min;
    uint32_t least_len = (least_segments > 0 ? least_segments : 2u) * flow->mss;
    const struct flow_work *work = flow_work(flow);
    return least(flow_life_frame_max(flow),
                 congestion_frame_max(&work->congestion, least_len, work->log.rto.smoothed_us));
}

/* The SYN or SYN-ACK, first or again. */
static bool choose_handshake(struct flow *flow, struct transmit_plan *plan)
{
    bool is_first =
        sent_log_is_empty(&flow_work(flow)->log) && flow_work(flow)->log.end == flow->initial_sent;
    struct tcp_range lost;
    if (is_first || flow->syn_is_due ||
        sent_log_next_lost(&flow_work(flow)->log, 1, false, &lost)) {
        flow->syn_is_due = false;
        *plan = (struct transmit_plan){
            .begin = flow->initial_sent,
            .end = flow->initial_sent + 1,
            .flags = TCP_SYN,
            .is_again = !is_first,
            .has_no_ack = flow->state == FLOW_STATE_SYN_SENT,
            .why = is_first ? "opens the connection" : "the SYN was not acknowledged",
        };
        return true;
    }
    return false;
}

/* MUST-61: it holds the last octet of all, which the owner wants delivered; or the last of a record. */
static bool is_pushed(const struct flow *flow, uint32_t begin, uint32_t end)
{
    if (seq_until(flow->send_end, end))
        return flow->end_is_pushed && seq_before(begin, flow->send_end);
    struct tcp_range range = { end - 1, end };
    return begin != end && records_cut(&flow_work(flow)->records, &range);
}

/* A range to send again, with the FIN if that is in it. */
static void plan_again(const struct flow *flow, struct tcp_range range, const char *why,
                       struct transmit_plan *plan)
{
    *plan = (struct transmit_plan){
        .begin = range.begin, .end = range.end, .is_again = true, .why = why
    };
    if (flow->is_closing && range.end == flow->send_end + 1)
        plan->flags |= TCP_FIN;
    if (is_pushed(flow, range.begin, range.end))
        plan->flags |= TCP_PSH;
}

/* SHLD-15: what is lost goes before new data. It may lie beyond a window that has shrunk (MAY-7). */
static bool choose_lost(struct flow *flow, uint32_t room, bool has_new, struct instant now,
                        struct transmit_plan *plan)
{
    struct tcp_range range;
    if (room == 0 || !sent_log_next_lost(&flow_work(flow)->log, frame_max(flow), has_new, &range))
        return false;
    (void)records_cut(&flow_work(flow)->records, &range);
    if (seq_range_len(range) > room) {
        uint32_t len = room / flow->mss * flow->mss;
        if (len == 0)
            return false;
        range.end = range.begin + len;
    }
    struct tcp_range probe = flow_work(flow)->log.path_probe;
    if (seq_range_len(probe) > 0 && seq_in(probe.begin, range.begin, range.end))
        path_mtu_probe_lost(&flow->path, now);
    plan_again(flow, range, "lost", plan);
    return true;
}

/* The owner has more to come for the last segment. */
static bool is_to_be_filled(const struct flow *flow)
{
    return flow->is_corked || flow->waits_for_more;
}

/* Whether a partial segment may be sent: RFC 9293 section 3.8.6.2.1 (MUST-38), with Nagle's rule in Minshall's form: at
 * most one partial segment may be in flight. */
static bool may_be_small(const struct flow *flow, uint32_t len, uint32_t unsent, bool has_record)
{
    if (flow->small_is_due)
        return true;
    if (len == unsent)
        return flow->is_closing || has_record ||
               (!is_to_be_filled(flow) &&
                (flow->no_delay || seq_until(flow->small_end, flow_work(flow)->log.begin)));
    return len >= flow->send_window_max / 2 && len > 0;
}

/* A probe for a larger path (RFC 8899 section 5.1): data that is there anyway, in one segment. */
static uint32_t path_probe_len(struct flow *flow, uint32_t unsent, uint32_t usable,
                               struct instant now)
{
    uint16_t size = path_mtu_probe(&flow->path, now);
    if (size == 0 || seq_range_len(flow_work(flow)->log.path_probe) > 0)
        return 0;
    uint32_t len = flow->mss + (uint32_t)(size - path_mtu_size(&flow->path));
    return len <= unsent && len <= usable && len > flow->mss && len <= flow->peer_mss ? len : 0;
}

static uint32_t new_len(const struct flow *flow, uint32_t unsent, uint32_t usable, bool has_record)
{
    uint32_t len = least(least(unsent, usable), frame_max(flow));
    /* The urgent pointer counts from the beginning of its segment: each segment needs its own header. */
    if (flow->has_send_urgent && seq_after(flow->send_urgent, flow_work(flow)->log.end))
        len = least(len, flow->mss);
    uint32_t full = len / flow->mss * flow->mss;
    if (len > full && !may_be_small(flow, len - full, unsent - full, has_record))
        len = full;
    return len;
}

static bool choose_new(struct flow *flow, uint32_t room, struct instant now,
                       struct transmit_plan *plan)
{
    uint32_t next = flow_work(flow)->log.end;
    if (!seq_before(next, end_of_all(flow)))
        return false;
    struct tcp_range all = { next, flow->send_end };
    /* A record that does not fill a segment does not wait if more data follows it. */
    bool has_record = seq_before(next, flow->send_end) &&
                      records_cut(&flow_work(flow)->records, &all) && all.end != flow->send_end;
    uint32_t unsent = seq_count(next, all.end), window = usable_window(flow),
             usable = least(room, window);
    *plan = (struct transmit_plan){ .begin = next, .why = "new data" };
    uint32_t len = path_probe_len(flow, unsent, usable, now);
    plan->is_path_probe = len > 0;
    if (len == 0)
        len = new_len(flow, unsent, usable, has_record);
    plan->end = next + len;
    if (is_pushed(flow, plan->begin, plan->end))
        plan->flags |= TCP_PSH;
    /* The congestion window limits data only (RFC 5681 section 2). */
    if (flow->is_closing && plan->end == flow->send_end && window > len) {
        plan->end++;
        plan->flags |= TCP_FIN;
        if (len == 0)
            plan->why = "nothing more will be sent";
    }
    if (plan->end != next)
        return true;
    /* The peer's window or the owner holds it back, and no ACK is due that could change that. */
    if (sent_log_is_empty(&flow_work(flow)->log) && (window < flow->mss || is_to_be_filled(flow)))
        persist_begin(&flow->persist, rto_us(&flow_work(flow)->log.rto), now);
    return false;
}

static bool has_new_data(const struct flow *flow)
{
    return seq_before(flow_work(flow)->log.end, flow->send_end) && usable_window(flow) > 0;
}

/* A tail loss probe (RFC 8985 section 7.3): new data if there is some, else the last segment again; regardless of the
 * congestion window. */
static bool choose_loss_probe(struct flow *flow, struct instant now, struct transmit_plan *plan)
{
    if (!flow->probe_is_due)
        return false;
    flow->probe_is_due = false;
    struct tcp_range range;
    if (has_new_data(flow) && choose_new(flow, flow->mss, now, plan))
        return true;
    if (!sent_log_probe(&flow_work(flow)->log, false, &range))
        return false;
    struct tcp_range first = range;
    while (records_cut(&flow_work(flow)->records, &first) && first.end != range.end)
        first = range = (struct tcp_range){ first.end, range.end };
    plan_again(flow, range, "probes for a loss at the end", plan);
    return true;
}

/* An empty segment outside any window: a peer that is there answers it (sections 3.8.4, 3.8.6.1). */
static bool choose_silent_probe(struct flow *flow, struct transmit_plan *plan)
{
    if (!flow->window_probe_is_due && !flow->alive_probe_is_due)
        return false;
    const char *why =
        flow->window_probe_is_due ? "probes the closed window" : "asks whether the peer is alive";
    flow->window_probe_is_due = flow->alive_probe_is_due = false;
    *plan = (struct transmit_plan){ .begin = flow_work(flow)->log.begin - 1,
                                    .end = flow_work(flow)->log.begin - 1,
                                    .why = why };
    return true;
}

static bool choose_data(struct flow *flow, struct instant now, struct transmit_plan *plan)
{
    if (sent_log_is_empty(&flow_work(flow)->log)) {
        if (!seq_before(flow_work(flow)->log.end, end_of_all(flow)))
            return false;
        congestion_resume(&flow_work(flow)->congestion, &flow_work(flow)->log, now);
        return choose_new(
            flow, congestion_room(&flow_work(flow)->congestion, &flow_work(flow)->log), now, plan);
    }
    bool has_new = has_new_data(flow);
    uint32_t room = congestion_room(&flow_work(flow)->congestion, &flow_work(flow)->log);
    if (choose_lost(flow, room, has_new, now, plan) || choose_loss_probe(flow, now, plan))
        return true;
    if (seq_before(flow_work(flow)->log.end, end_of_all(flow)) && choose_new(flow, room, now, plan))
        return true;
    /* F-RTO would have preferred new data, but Nagle's rule or the window holds that back. */
    return has_new && choose_lost(flow, room, false, now, plan);
}

bool transmit_choose(struct flow *flow, struct instant now, struct transmit_plan *plan)
{
    if (flow->is_over || flow_has_state(flow, FLOW_STATES(CLOSED) | FLOW_STATES(LISTEN)))
        return false;
    bool is_opening = flow_has_state(flow, FLOW_STATES(SYN_SENT) | FLOW_STATES(SYN_RECEIVED));
    if (is_opening && choose_handshake(flow, plan))
        return true;
    if (flow_has_state(flow, SENDING) && choose_data(flow, now, plan))
        return true;
    if (flow->state == FLOW_STATE_SYN_SENT)
        return false;
    if (!is_opening && choose_silent_probe(flow, plan))
        return true;
    if (!delayed_ack_is_due(&flow->ack, now))
        return false;
    *plan = (struct transmit_plan){ .begin = flow_work(flow)->log.end,
                                    .end = flow_work(flow)->log.end,
                                    .why = "acknowledges" };
    return true;
}
