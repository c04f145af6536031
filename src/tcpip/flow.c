/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/flow.h"

#include "base/check.h"
#include "tcpip/stack_icmp.h"
#include "tcpip/tcp/acked.h"
#include "tcpip/tcp/flow_life.h"
#include "tcpip/tcp/flow_move.h"
#include "tcpip/tcp/flow_rest.h"
#include "tcpip/tcp/reply.h"

enum { SEND_MAX_IN_NEED = 4 * CHUNK_LEN };

const char *flow_state_name(enum flow_state state)
{
    static const char *const names[] = {
        "CLOSED",     "LISTEN",     "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1",
        "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING",  "LAST-ACK",     "TIME-WAIT",
    };
    return names[state];
}

enum err flow_listen(struct stack *stack, uint16_t port, bool is_deferred)
{
    return listeners_add(&stack->listeners, port, is_deferred);
}

void flow_unlisten(struct stack *stack, uint16_t port)
{
    listeners_remove(&stack->listeners, port);
}

/* MUST-44: the first of our addresses of the remote one's IP version. */
static bool look_up_address(const struct stack *stack, uint8_t version, struct ip_address *address)
{
    for (size_t i = 0; i < stack->setup.address_count; i++) {
        if (stack->setup.addresses[i].version == version) {
            *address = stack->setup.addresses[i];
            return true;
        }
    }
    return false;
}

/* MUST-43: the address that the owner chose, if any. */
static bool choose_address(const struct stack *stack, const struct ip_endpoint *remote,
                           struct ip_address *local)
{
    uint8_t version = remote->address.version;
    if (local->version == 0)
        return look_up_address(stack, version, local);
    return local->version == version && stack_has_address(stack, local);
}

/* A port that no connection between the two uses; false: none. */
static bool choose_port(struct stack *stack, struct ip_endpoint *local,
                        const struct ip_endpoint *remote, uint64_t *hash)
{
    for (uint32_t attempt = 0; attempt < ISN_PORT_COUNT; attempt++) {
        local->port = isn_port(&stack->isn, &local->address, remote, attempt);
        *hash = flow_table_hash(&stack->table, local, remote);
        if (stack_find(stack, *hash) == FLOW_TABLE_NONE) {
            isn_port_taken(&stack->isn, &local->address, remote, attempt);
            return true;
        }
    }
    return false;
}

enum err flow_connect_from(struct stack *stack, const struct ip_endpoint *from,
                           const struct ip_endpoint *remote, struct instant now, struct flow **flow)
{
    struct ip_endpoint local = *from;
    if (remote->port == 0 || !ip_address_is_unicast(&remote->address) ||
        !choose_address(stack, remote, &local.address))
        return ERR_BAD_VALUE;
    uint64_t hash = flow_table_hash(&stack->table, &local, remote);
    if (local.port != 0 ? stack_find(stack, hash) != FLOW_TABLE_NONE
                        : !choose_port(stack, &local, remote, &hash))
        return ERR_NO_SPACE;
    struct flow *new = flow_life_new(stack, &local, remote, hash, now);
    if (!new)
        return ERR_NO_SPACE;
    new->ts_offset = isn_timestamp_offset(&stack->isn, &local, remote);
    flow_life_set_initial(new, isn_sequence(&stack->isn, &local, remote, now));
    flow_move(new, FLOW_CAUSE_OPEN);
    flow_life_wake(new);
    *flow = new;
    return OK;
}

enum err flow_connect(struct stack *stack, const struct ip_endpoint *remote, uint16_t local_port,
                      struct instant now, struct flow **flow)
{
    const struct ip_endpoint from = { .port = local_port };
    return flow_connect_from(stack, &from, remote, now, flow);
}

void flow_admit(struct flow *flow, struct instant now)
{
    if (flow->is_over)
        return;
    CHECK(flow->state == FLOW_STATE_LISTEN);
    flow_move(flow, FLOW_CAUSE_ADMITTED);
    flow->stalled_at = INSTANT_NEVER;
    keep_alive_init(&flow->alive, now);
    flow_life_wake(flow);
}

/* As flow_life_end after a refusal: the owner gets no more events and the flow is gone. */
static void end_unseen(struct flow *flow)
{
    flow->is_released = true;
    flow_life_end(flow, FLOW_CLOSED);
}

void flow_refuse(struct flow *flow, enum flow_refusal refusal, struct instant now)
{
    if (flow->is_over) {
        flow_life_free(flow);
        return;
    }
    CHECK(flow->state == FLOW_STATE_LISTEN);
    struct tcp_segment reset = { .flags = TCP_RST | TCP_ACK, .ack = flow->receive_next };
    switch (refusal) {
    case FLOW_REFUSE_RESET:
        reply_send(flow->stack, &flow->local, &flow->remote, &reset, "the owner refuses it");
        break;
    case FLOW_REFUSE_UNREACHABLE:
        stack_icmp_refuse(flow, ICMP_HOST_UNREACHABLE, now);
        break;
    case FLOW_REFUSE_PROHIBITED:
        stack_icmp_refuse(flow, ICMP_PROHIBITED, now);
        break;
    case FLOW_REFUSE_SILENTLY:
        break;
    }
    flow_move(flow, FLOW_CAUSE_REFUSED);
    end_unseen(flow);
}

void flow_set_owner(struct flow *flow, void *owner)
{
    flow->owner = owner;
}

struct bytes flow_received(const struct flow *flow)
{
    const struct stack *stack = flow->stack;
    uint32_t unread = flow_life_unread(flow);
    if (unread == 0)
        return BYTES_NONE;
    if (stack->borrower == flow)
        return bytes_skip(stack->borrowed, seq_count(stack->borrowed_at, flow->read_next));
    struct chunk_queue received = flow->received;
    return chunk_queue_read(&received, &stack->chunks, flow->read_next, unread);
}

/* The borrowed packet is used up. */
static void stop_borrowing(struct flow *flow)
{
    struct stack *stack = flow->stack;
    if (stack->borrower != flow)
        return;
    uint32_t end = stack->borrowed_at + (uint32_t)stack->borrowed.len;
    if (seq_until(end, flow->read_next)) {
        stack->borrower = NULL;
        chunks_release_promise(&stack->chunks);
    }
}

void flow_consume(struct flow *flow, size_t count, struct instant now)
{
    uint32_t unread = flow_life_unread(flow);
    CHECK(count <= unread);
    flow->read_next += (uint32_t)count;
    stop_borrowing(flow);
    bool is_all = count == unread && assembly_is_empty(&flow->assembly);
    if (is_all && flow->received.first != CHUNK_NONE)
        chunk_queue_clear(&flow->received, &flow->stack->chunks);
    else
        chunk_queue_drop(&flow->received, &flow->stack->chunks, flow->read_next);
    if (flow->has_receive_urgent && seq_until(flow->receive_urgent, flow->read_next))
        flow->has_receive_urgent = false;
    if (flow->is_over || flow->has_fin)
        return;
    receive_window_consumed(&flow->window, (uint32_t)count, flow->receive_next,
                            flow_work(flow)->log.rto.smoothed_us, now);
    if (receive_window_is_worth_telling(&flow->window, flow->receive_next, flow_life_unread(flow),
                                        flow_life_receive_room(flow), flow->mss)) {
        delayed_ack_demand(&flow->ack);
        flow_life_wake(flow);
    }
}

/* Octets handed over and not acknowledged. */
static uint32_t send_used(const struct flow *flow)
{
    uint32_t used = seq_count(flow_work(flow)->log.begin, flow->send_end);
    return flow_work(flow)->log.begin == flow->initial_sent ? used - 1 : used; /* less the SYN */
}

/* How much more the flow may take: once only a quarter of the chunks is free, each flow may take a little, and none
 * all. */
static uint32_t send_space(const struct flow *flow)
{
    const struct chunks *pool = &flow->stack->chunks;
    uint32_t used = send_used(flow), kept = pool->count / 4;
    uint64_t fair = pool->free_count > kept ? (uint64_t)(pool->free_count - kept) * CHUNK_LEN : 0;
    fair += used < SEND_MAX_IN_NEED ? SEND_MAX_IN_NEED - used : 0;
    uint32_t own = used < flow->send_max ? flow->send_max - used : 0;
    return fair < own ? (uint32_t)fair : own;
}

static bool may_send(const struct flow *flow)
{
    return !flow->is_over && !flow->is_closing && flow->state != FLOW_STATE_LISTEN;
}

/* The owner wants to know when there is room again, in its own buffer or in the shared chunks. */
static void note_no_room(struct flow *flow)
{
    if (!may_send(flow))
        return;
    flow->wants_room = true;
    if (send_used(flow) < flow->send_max)
        flow_list_append(&flow->stack->starved, flow);
}

struct span flow_room(struct flow *flow)
{
    uint32_t space = may_send(flow) ? send_space(flow) : 0;
    struct span room = { NULL, 0 };
    if (space > 0)
        room = chunk_queue_room(&flow->sending, &flow->stack->chunks, flow->send_end);
    if (room.len > space)
        room.len = space;
    if (room.len == 0)
        note_no_room(flow);
    return room;
}

static void commit(struct flow *flow, size_t count)
{
    if (count == 0)
        return;
    CHECK(may_send(flow) && send_used(flow) + count <= flow->send_max);
    flow->send_end += (uint32_t)count;
    flow->wants_acked = true;
    flow_life_wake(flow);
}

static void set_pushed(struct flow *flow)
{
    flow->end_is_pushed = true;
    flow->waits_for_more = false;
}

void flow_commit(struct flow *flow, size_t count, struct instant now)
{
    (void)now;
    commit(flow, count);
    set_pushed(flow);
}

static size_t copy(struct flow *flow, struct bytes data)
{
    uint32_t space = may_send(flow) ? send_space(flow) : 0;
    size_t written = chunk_queue_write(&flow->sending, &flow->stack->chunks, flow->send_end,
                                       bytes_slice(data, 0, space));
    if (written < data.len)
        note_no_room(flow);
    commit(flow, written);
    return written;
}

size_t flow_send(struct flow *flow, struct bytes data, struct instant now)
{
    (void)now;
    size_t written = copy(flow, data);
    set_pushed(flow);
    return written;
}

size_t flow_send_more(struct flow *flow, struct bytes data, struct instant now)
{
    (void)now;
    size_t written = copy(flow, data);
    if (written > 0) {
        flow->end_is_pushed = false;
        flow->waits_for_more = true;
    }
    return written;
}

void flow_push(struct flow *flow, struct instant now)
{
    (void)now;
    flow->waits_for_more = false;
    flow->small_is_due = seq_before(flow_work(flow)->log.end, flow->send_end);
    flow_life_wake(flow);
}

void flow_end_record(struct flow *flow, struct instant now)
{
    (void)now;
    records_add(&flow_work(flow)->records, flow->send_end);
}

void flow_mark_urgent(struct flow *flow, struct instant now)
{
    (void)now;
    flow->has_send_urgent = true;
    flow->send_urgent = flow->send_end;
    set_pushed(flow);
    flow_life_wake(flow);
}

void flow_close(struct flow *flow, struct instant now)
{
    (void)now;
    if (flow->is_over || flow->is_closing)
        return;
    enum flow_state next;
    flow->is_closing = true;
    set_pushed(flow);
    /* In SYN-RECEIVED it waits for ESTABLISHED (section 3.10.4). */
    if (flow_move_leads(flow->state, FLOW_CAUSE_CLOSE, &next))
        flow_move(flow, FLOW_CAUSE_CLOSE);
    if (flow->state == FLOW_STATE_CLOSED)
        flow_life_end(flow, FLOW_CLOSED);
    else
        flow_life_wake(flow);
}

/* Section 3.10.5: resets the peer, unless it knows nothing of us, or the connection is in TIME-WAIT. */
static void reset_peer(const struct flow *flow, struct instant now, const char *why)
{
    if (flow_has_state(flow, FLOW_STATES(CLOSED) | FLOW_STATES(LISTEN) | FLOW_STATES(SYN_SENT) |
                                 FLOW_STATES(TIME_WAIT)))
        return;
    reply_reset_flow(flow, now, why);
}

static void abort_flow(struct flow *flow, struct instant now, const char *why)
{
    reset_peer(flow, now, why);
    flow_move(flow, FLOW_CAUSE_ABORT);
    end_unseen(flow);
}

void flow_abort(struct flow *flow, struct instant now)
{
    if (flow->is_over)
        flow_life_free(flow);
    else
        abort_flow(flow, now, "the owner aborts");
}

/* The owner gets no more events. */
static void become_unseen(struct flow *flow)
{
    flow_list_remove(&flow->stack->told, flow);
    flow->events = 0;
    flow->is_released = true;
}

void flow_release(struct flow *flow, struct instant now)
{
    if (flow->is_over) {
        flow_life_free(flow);
        return;
    }
    if (flow->state == FLOW_STATE_LISTEN) {
        flow_refuse(flow, FLOW_REFUSE_RESET, now);
        return;
    }
    if (flow_life_unread(flow) > 0) {
        abort_flow(flow, now, "received data is lost: its owner is gone"); /* SHLD-3 */
        return;
    }
    become_unseen(flow);
    if (flow->state == FLOW_STATE_FIN_WAIT_2)
        flow->linger_at = instant_after(now, FLOW_LINGER_MS);
    if (flow->is_closing)
        flow_life_wake(flow);
    else
        flow_close(flow, now);
}

void flow_abandon(struct flow *flow, struct instant now)
{
    if (flow->is_over || flow->state == FLOW_STATE_LISTEN) {
        flow_release(flow, now);
        return;
    }
    /* A SYN is not data: a flow that is only opening is not waited for, as its peer may never answer. */
    bool is_opening = flow_has_state(flow, FLOW_STATES(SYN_SENT) | FLOW_STATES(SYN_RECEIVED));
    if (seq_until(flow->send_end, flow_work(flow)->log.begin) ||
        (is_opening && flow->send_end == flow->initial_sent + 1)) {
        abort_flow(flow, now, "received data is lost: its owner is gone");
        return;
    }
    become_unseen(flow);
    flow->is_abandoned = true;
    flow_life_wake(flow);
}

struct flow_options flow_options(const struct flow *flow)
{
    return (struct flow_options){
        .no_delay = flow->no_delay,
        .is_corked = flow->is_corked,
        .ends_when_shut = flow->ends_when_shut,
        .keep_alive_ms = flow->alive.interval_ms,
        .user_timeout_ms = flow->user_timeout_ms,
        .receive_max = flow->receive_max,
        .send_max = flow->send_max,
        .dscp = flow->dscp,
        .ttl = flow->ttl,
    };
}

void flow_set_options(struct flow *flow, const struct flow_options *options, struct instant now)
{
    flow->no_delay = options->no_delay;
    flow->is_corked = options->is_corked;
    flow->ends_when_shut = options->ends_when_shut;
    if (options->keep_alive_ms != flow->alive.interval_ms)
        keep_alive_set(&flow->alive, options->keep_alive_ms, now);
    flow->user_timeout_ms = options->user_timeout_ms;
    flow->receive_max = options->receive_max;
    if (!flow_has_state(flow, FLOW_STATES(CLOSED) | FLOW_STATES(SYN_SENT)) && flow->has_scale)
        receive_window_set_max(&flow->window, options->receive_max);
    flow->send_max = options->send_max;
    flow->dscp = options->dscp & 0x3f;
    flow->ttl = options->ttl > 0 ? options->ttl : FLOW_TTL;
    acked_tell_room(flow);
    flow_life_wake(flow);
}

struct flow_status flow_status(const struct flow *flow)
{
    struct flow_work rested;
    const struct flow_work *work = flow->work;
    if (!work) {
        flow_rest_look(flow, &rested);
        work = &rested;
    }
    const struct sent_log *log = &work->log;
    uint32_t unsent =
        seq_before(log->end, flow->send_end) ? seq_count(log->end, flow->send_end) : 0;
    bool has_sample = log->rto.smoothed_us > 0;
    return (struct flow_status){
        .state = flow->state,
        .local = flow->local,
        .remote = flow->remote,
        .send_begin = log->begin,
        .send_next = log->end,
        .receive_next = flow->receive_next,
        .initial_sent = flow->initial_sent,
        .initial_received = flow->initial_received,
        .send_window = flow->send_window,
        .receive_window = receive_window_octets(&flow->window, flow->receive_next),
        .mss = flow->mss,
        .congestion_window = work->congestion.window,
        .slow_start_threshold = work->congestion.threshold,
        .round_trip_us = log->rto.smoothed_us,
        .round_trip_variation_us = log->rto.variation_us,
        .timeout_us = rto_us(&log->rto),
        .min_round_trip_us = has_sample ? log->rto.min_us : 0,
        .in_flight = sent_log_in_flight(log),
        .unsent = unsent,
        .unread = flow_life_unread(flow),
        .unread_urgent =
            flow->has_receive_urgent ? seq_count(flow->read_next, flow->receive_urgent) : 0,
        .octets_sent = flow->octets_sent,
        .octets_received = flow->octets_received,
        .retransmitted = flow->retransmitted,
        .send_scale = flow->send_scale,
        .receive_scale = flow->window.scale,
        .has_sack = flow->has_sack,
        .has_timestamps = flow->has_timestamps,
        .has_ecn = flow->has_ecn,
        .has_scale = flow->has_scale,
    };
}
