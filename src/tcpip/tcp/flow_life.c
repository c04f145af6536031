/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/flow_life.h"

#include "base/check.h"
#include "tcpip/tcp/flow_move.h"
#include "tcpip/tcp/reply.h"
#include "tcpip/tell.h"

enum {
    FRAME_DATA_MAX = 65535 - 256, /* of an IP packet, less all headers */
    TIMESTAMPS_LEN = 12,          /* the option, padded */
};

struct flow *flow_life_new(struct stack *stack, const struct ip_endpoint *local,
                           const struct ip_endpoint *remote, uint64_t hash, struct instant now)
{
    if (stack->free_flow_count == 0)
        return NULL;
    uint32_t id = stack->free_flows[--stack->free_flow_count];
    struct flow *flow = &stack->flows[id];
    bool is_v4 = local->address.version == 4;
    struct flow_work *work = block_pool_take(&stack->works);
    CHECK(work); /* there is one for each flow */
    *work = (struct flow_work){ 0 };
    *flow = (struct flow){
        .stack = stack,
        .work = work,
        .local = *local,
        .remote = *remote,
        .hash = hash,
        .state = FLOW_STATE_CLOSED,
        .is_in_table = true,
        .links = { { .previous = FLOW_LIST_OUT },
                   { .previous = FLOW_LIST_OUT },
                   { .previous = FLOW_LIST_OUT } },
        .sending = CHUNK_QUEUE_EMPTY,
        .received = CHUNK_QUEUE_EMPTY,
        .send_max = FLOW_SEND_MAX,
        .receive_max = stack->setup.receive_max,
        .stalled_at = INSTANT_NEVER,
        .linger_at = INSTANT_NEVER,
        .challenge_at = now,
        .ttl = FLOW_TTL,
        .peer_mss = is_v4 ? FLOW_OFFER_MSS_V4 : FLOW_OFFER_MSS_V6,
    };
    path_mtu_init(&flow->path, is_v4 ? PATH_MTU_FLOOR_V4 : PATH_MTU_FLOOR_V6, stack->setup.mtu);
    persist_init(&flow->persist);
    delayed_ack_init(&flow->ack);
    assembly_init(&flow->assembly);
    keep_alive_init(&flow->alive, now);
    flow_table_put(&stack->table, hash, stack_entry(STACK_ENTRY_FLOW, id));
    return flow;
}

void flow_life_set_initial(struct flow *flow, uint32_t initial_sent)
{
    flow->initial_sent = initial_sent;
    flow->send_end = flow->small_end = initial_sent + 1;
    flow->window_ack = initial_sent;
    sent_log_init(&flow_work(flow)->log, initial_sent);
}

void flow_life_agree(struct flow *flow, const struct flow_offer *offer, struct instant now)
{
    if (flow->is_passive)
        flow_life_set_initial(flow, offer->initial_sent);
    flow->initial_received = offer->initial_received;
    flow->receive_next = flow->read_next = flow->last_ack_sent = offer->initial_received + 1;
    flow->has_timestamps = offer->has_timestamps;
    flow->has_scale = offer->has_scale;
    flow->has_sack = offer->has_sack;
    flow->has_ecn = offer->has_ecn;
    flow->send_scale = offer->has_scale ? offer->scale : 0;
    flow->send_window = flow->send_window_max = offer->window;
    flow->window_seq = offer->initial_received;
    flow->ts_recent = offer->ts_recent;
    flow->ts_recent_at = now;
    flow->ts_offset = offer->ts_offset;
    uint16_t most = reply_mss(flow->stack, flow->local.address.version);
    flow->peer_mss = offer->mss < most ? offer->mss : most;
    /* Without scaling, a window that cannot be announced is of no use. */
    uint32_t max = flow->has_scale || flow->receive_max < FLOW_WINDOW_INITIAL ? flow->receive_max
                                                                              : FLOW_WINDOW_INITIAL;
    uint32_t initial = max < FLOW_WINDOW_INITIAL ? max : FLOW_WINDOW_INITIAL;
    receive_window_init(&flow->window, flow->receive_next, initial, max,
                        flow->has_scale ? receive_window_scale(flow->stack->setup.receive_max) : 0);
    flow->window.edge = flow->receive_next + initial; /* what our SYN announces, or has announced */
    flow_life_set_mss(flow);
}

void flow_life_set_mss(struct flow *flow)
{
    bool is_v4 = flow->local.address.version == 4;
    uint16_t headers = TCP_HEADER_LEN + (is_v4 ? IP_HEADER_LEN_V4 : IP_HEADER_LEN_V6);
    uint16_t path = (uint16_t)(path_mtu_size(&flow->path) - headers);
    flow->mss = flow->peer_mss < path ? flow->peer_mss : path;
    if (flow->has_timestamps)
        flow->mss = (uint16_t)(flow->mss - TIMESTAMPS_LEN);
    flow->path_is_proved = false;
    sent_log_configure(&flow_work(flow)->log, flow->mss, flow->has_sack);
    if (flow_work(flow)->congestion.mss > 0)
        congestion_set_mss(&flow_work(flow)->congestion, flow->mss);
}

uint32_t flow_life_frame_max(const struct flow *flow)
{
    if (!flow->stack->setup.has_large_segments || flow->mss > FRAME_DATA_MAX)
        return flow->mss;
    return FRAME_DATA_MAX / flow->mss * flow->mss;
}

void flow_life_opened(struct flow *flow, struct instant now)
{
    sent_log_configure(&flow_work(flow)->log, flow->mss, flow->has_sack);
    congestion_init(&flow_work(flow)->congestion, flow->stack->setup.congestion, flow->mss,
                    flow_life_frame_max(flow));
    if (flow->syn_was_lost) {
        congestion_syn_was_lost(&flow_work(flow)->congestion);
        rto_syn_was_lost(&flow_work(flow)->log.rto);
    }
    keep_alive_heard(&flow->alive, now);
    tell(flow, FLOW_OPENED);
    /* A CLOSE that was called before (section 3.10.4). */
    if (flow->is_closing)
        flow_move(flow, FLOW_CAUSE_CLOSE);
}

void flow_life_wake(struct flow *flow)
{
    if (!flow->is_over)
        flow_list_append(&flow->stack->ready, flow);
}

uint32_t flow_life_unread(const struct flow *flow)
{
    return seq_count(flow->read_next, flow->receive_next) - flow->has_fin;
}

uint32_t flow_life_receive_room(const struct flow *flow)
{
    /* Half of what is free beyond a reserve for sending, so that one connection does not take what all need. */
    const struct chunks *pool = &flow->stack->chunks;
    uint64_t kept = pool->count / 16;
    uint64_t room = pool->free_count > kept ? (pool->free_count - kept) * CHUNK_LEN / 2 : 0;
    return room > UINT32_MAX ? UINT32_MAX : (uint32_t)room;
}

void flow_life_settle(struct stack *stack)
{
    struct flow *flow = stack->borrower;
    if (!flow)
        return;
    stack->borrower = NULL;
    chunks_release_promise(&stack->chunks);
    uint32_t consumed = seq_count(stack->borrowed_at, flow->read_next);
    struct bytes rest = bytes_skip(stack->borrowed, consumed);
    size_t written = chunk_queue_write(&flow->received, &stack->chunks, flow->read_next, rest);
    CHECK(written == rest.len); /* the chunks were promised */
}

void flow_life_lend_block(struct flow *flow)
{
    if (!sent_log_wants_block(&flow_work(flow)->log))
        return;
    struct sent_log_block *block = block_pool_take(&flow->stack->sent_blocks);
    if (block)
        sent_log_lend_block(&flow_work(flow)->log, block);
}

static void give_back_memory(struct flow *flow)
{
    struct stack *stack = flow->stack;
    chunk_queue_clear(&flow->sending, &stack->chunks);
    block_pool_give(&stack->sent_blocks, sent_log_drop(&flow_work(flow)->log));
    block_pool_give(&stack->assembly_blocks, assembly_drop(&flow->assembly));
}

void flow_life_end(struct flow *flow, enum flow_event_kind event)
{
    struct stack *stack = flow->stack;
    CHECK(!flow->is_over);
    if (flow->is_in_table)
        flow_table_remove(&stack->table, flow->hash,
                          stack_entry(STACK_ENTRY_FLOW, flow_number(flow)));
    flow->is_in_table = false;
    flow->is_over = true;
    wheel_set(&stack->wheel, flow_number(flow), INSTANT_NEVER);
    flow_list_remove(&stack->ready, flow);
    flow_list_remove(&stack->starved, flow);
    give_back_memory(flow);
    tell(flow, event);
    if (flow->is_released)
        flow_life_free(flow);
}

void flow_life_free(struct flow *flow)
{
    struct stack *stack = flow->stack;
    CHECK(flow->is_over);
    if (stack->borrower == flow) {
        stack->borrower = NULL;
        chunks_release_promise(&stack->chunks);
    }
    chunk_queue_clear(&flow->received, &stack->chunks);
    flow_list_remove(&stack->told, flow);
    block_pool_give(&stack->works, flow->work);
    flow->work = NULL;
    stack->free_flows[stack->free_flow_count++] = flow_number(flow);
}

/* A place in the table of TIME-WAIT; the oldest one's if the table is full. */
static uint32_t take_place(struct stack *stack, struct instant now)
{
    uint32_t entry = time_wait_take(&stack->time_wait, now);
    uint32_t oldest = time_wait_first(&stack->time_wait);
    if (entry == UINT32_MAX && oldest != UINT32_MAX) {
        flow_table_remove(&stack->table, time_wait_hash(&stack->time_wait, oldest),
                          stack_entry(STACK_ENTRY_TIME_WAIT, oldest));
        time_wait_give(&stack->time_wait, oldest);
        entry = time_wait_take(&stack->time_wait, now);
    }
    return entry;
}

void flow_life_time_wait(struct flow *flow, struct instant now)
{
    struct stack *stack = flow->stack;
    uint16_t window = receive_window_tell(&flow->window, flow->receive_next, flow_life_unread(flow),
                                          flow_life_receive_room(flow), flow->mss, false);
    if (delayed_ack_is_due(&flow->ack, now) || flow->ack.owed > 0) {
        struct tcp_segment s = {
            .flags = TCP_ACK,
            .seq = flow_work(flow)->log.end,
            .ack = flow->receive_next,
            .window = window,
            .options = {
                .has_timestamps = flow->has_timestamps,
                .timestamp = flow_timestamp(flow->ts_offset, now),
                .timestamp_echo = flow->ts_recent,
            },
        };
        reply_send(stack, &flow->local, &flow->remote, &s, "acknowledges the FIN");
    }
    uint32_t entry = take_place(stack, now);
    if (entry != UINT32_MAX) {
        struct time_wait_entry *t = &stack->time_wait.entries[entry];
        time_wait_set_hash(&stack->time_wait, entry, flow->hash);
        t->send_next = flow_work(flow)->log.end;
        t->receive_next = flow->receive_next;
        t->ts_recent = flow->ts_recent;
        t->window = window;
        t->has_timestamps = flow->has_timestamps;
        flow_table_replace(&stack->table, flow->hash,
                           stack_entry(STACK_ENTRY_FLOW, flow_number(flow)),
                           stack_entry(STACK_ENTRY_TIME_WAIT, entry));
        flow->is_in_table = false;
    }
    flow_life_end(flow, FLOW_CLOSED);
}
