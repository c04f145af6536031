/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/stack.h"

#include "base/check.h"
#include "tcpip/stack_icmp.h"
#include "tcpip/tcp/arrive.h"
#include "tcpip/tcp/flow_life.h"
#include "tcpip/tcp/flow_rest.h"
#include "tcpip/tcp/timers.h"
#include "tcpip/tcp/transmit.h"
#include "tcpip/tell.h"

#include <stdlib.h>

/* Blocks for connections in trouble; those that get none make do with less (sent_log.h, assembly.h). */
enum { BLOCKS_MAX = 4096 };

static bool init_parts(struct stack *stack, struct instant now)
{
    const struct stack_setup *setup = &stack->setup;
    uint8_t octets[SIPHASH_KEY_LEN];
    rng_fill(setup->rng, octets, sizeof(octets));
    struct siphash_key key = siphash_key(octets);
    bytes_wipe(octets, sizeof(octets));
    bool has_isn = isn_init(&stack->isn, setup->rng);
    syn_cookie_init(&stack->cookie, setup->rng);
    outbox_init(&stack->outbox);
    icmp_limit_init(&stack->icmp_limit, setup->icmp_errors_max);
    size_t blocks = setup->flow_max < BLOCKS_MAX ? setup->flow_max : BLOCKS_MAX;
    size_t entries = setup->flow_max + setup->pending_max + setup->time_wait_max;
    return has_isn && flow_table_init(&stack->table, entries, &key) &&
           wheel_init(&stack->wheel, setup->flow_max + setup->pending_max, now) &&
           chunks_init(&stack->chunks, setup->chunk_max) &&
           block_pool_init(&stack->works, sizeof(struct flow_work), setup->flow_max) &&
           block_pool_init(&stack->sent_blocks, sizeof(struct sent_log_block), blocks) &&
           block_pool_init(&stack->assembly_blocks, sizeof(struct assembly_block), blocks) &&
           pending_init(&stack->pending, setup->pending_max) &&
           time_wait_init(&stack->time_wait, setup->time_wait_max, now) &&
           fragments_init(&stack->fragments);
}

struct stack *stack_new(const struct stack_setup *setup, struct instant now)
{
    CHECK(setup->address_count <= STACK_ADDRESSES && setup->network_count <= STACK_NETWORKS &&
          setup->mtu >= PATH_MTU_FLOOR_V6 && setup->flow_max > 0);
    struct stack *stack = calloc(1, sizeof(*stack));
    if (!stack)
        return NULL;
    stack->setup = *setup;
    if (setup->receive_max == 0)
        stack->setup.receive_max = FLOW_RECEIVE_MAX;
    stack->trace = setup->trace;
    stack->cookies_until = now;
    stack->flows = calloc(setup->flow_max, sizeof(*stack->flows));
    stack->free_flows = calloc(setup->flow_max, sizeof(*stack->free_flows));
    if (!stack->flows || !stack->free_flows || !init_parts(stack, now)) {
        stack_free(stack);
        return NULL;
    }
    flow_list_init(&stack->ready, stack->flows, FLOW_LIST_READY);
    flow_list_init(&stack->told, stack->flows, FLOW_LIST_TOLD);
    flow_list_init(&stack->starved, stack->flows, FLOW_LIST_STARVED);
    /* The lowest numbers are taken first: memory that was never used costs no page. */
    for (size_t i = setup->flow_max; i > 0; i--)
        stack->free_flows[stack->free_flow_count++] = (uint32_t)(i - 1);
    return stack;
}

void stack_free(struct stack *stack)
{
    if (!stack)
        return;
    flow_table_wipe(&stack->table);
    wheel_wipe(&stack->wheel);
    chunks_wipe(&stack->chunks);
    block_pool_wipe(&stack->works);
    block_pool_wipe(&stack->sent_blocks);
    block_pool_wipe(&stack->assembly_blocks);
    pending_wipe(&stack->pending);
    time_wait_wipe(&stack->time_wait);
    fragments_wipe(&stack->fragments);
    isn_wipe(&stack->isn);
    syn_cookie_wipe(&stack->cookie);
    free(stack->flows);
    free(stack->free_flows);
    free(stack);
}

static uint64_t hash_of(const struct stack *stack, uint32_t value)
{
    uint32_t index = value & ((1U << STACK_ENTRY_SHIFT) - 1);
    switch ((enum stack_entry_kind)(value >> STACK_ENTRY_SHIFT)) {
    case STACK_ENTRY_FLOW:
        return stack->flows[index].hash;
    case STACK_ENTRY_PENDING:
        return stack->pending.entries[index].hash;
    case STACK_ENTRY_TIME_WAIT:
        return time_wait_hash(&stack->time_wait, index);
    }
    return 0;
}

uint32_t stack_find(const struct stack *stack, uint64_t hash)
{
    struct flow_table_search search = flow_table_search(&stack->table, hash);
    uint32_t value;
    do
        value = flow_table_next(&stack->table, &search);
    while (value != FLOW_TABLE_NONE && hash_of(stack, value) != hash);
    return value;
}

bool stack_has_address(const struct stack *stack, const struct ip_address *address)
{
    for (size_t i = 0; i < stack->setup.address_count; i++) {
        if (ip_address_equal(&stack->setup.addresses[i], address))
            return true;
    }
    for (size_t i = 0; i < stack->setup.network_count; i++) {
        const struct stack_network *network = &stack->setup.networks[i];
        if (ip_address_is_within(address, &network->address, network->prefix_len))
            return ip_address_is_unicast(address);
    }
    return false;
}

/* Round robin: a flow that has sent a frame goes to the end of the queue. */
static bool output_of_flows(struct stack *stack, struct instant now, struct stack_frame *frame)
{
    struct flow *flow;
    while ((flow = flow_list_first(&stack->ready))) {
        flow_list_remove(&stack->ready, flow);
        bool has_frame = transmit(flow, now, frame);
        wheel_set_sooner(&stack->wheel, flow_number(flow), timers_deadline(flow));
        wheel_set_idle(&stack->wheel, flow_number(flow), flow_rest_at(flow));
        if (has_frame) {
            flow_list_append(&stack->ready, flow);
            return true;
        }
    }
    return false;
}

bool stack_output(struct stack *stack, struct instant now, struct stack_frame *frame)
{
    if (!outbox_output(&stack->outbox, &stack->chunks, frame) &&
        !output_of_flows(stack, now, frame))
        return false;
    stack->counts.packets_out++;
    return true;
}

struct instant stack_deadline(const struct stack *stack)
{
    struct instant at =
        instant_earlier(wheel_deadline(&stack->wheel), time_wait_deadline(&stack->time_wait));
    return instant_earlier(at, fragments_deadline(&stack->fragments));
}

bool stack_is_idle(const struct stack *stack)
{
    return wheel_is_idle(&stack->wheel) && time_wait_first(&stack->time_wait) == UINT32_MAX &&
           fragments_deadline(&stack->fragments).us == INSTANT_NEVER.us;
}

static void expire_flow(struct flow *flow, struct instant now)
{
    struct wheel *wheel = &flow->stack->wheel;
    struct instant at = timers_deadline(flow);
    if (instant_reached(now, at)) {
        timers_expire(flow, now);
        return;
    }
    if (instant_reached(now, flow_rest_at(flow)))
        flow_rest_begin(flow);
    wheel_set(wheel, flow_number(flow), at);
    wheel_set_idle(wheel, flow_number(flow), flow_rest_at(flow));
}

void stack_expire(struct stack *stack, struct instant now)
{
    flow_life_settle(stack);
    outbox_forget_sent(&stack->outbox, &stack->chunks);
    stack_icmp_expire(stack, now);
    while (instant_reached(now, time_wait_deadline(&stack->time_wait))) {
        uint32_t entry = time_wait_first(&stack->time_wait);
        flow_table_remove(&stack->table, time_wait_hash(&stack->time_wait, entry),
                          stack_entry(STACK_ENTRY_TIME_WAIT, entry));
        time_wait_give(&stack->time_wait, entry);
    }
    uint32_t node;
    while ((node = wheel_expire(&stack->wheel, now)) != WHEEL_NONE) {
        if (node >= stack->setup.flow_max) {
            arrive_pending_expire(stack, node - (uint32_t)stack->setup.flow_max, now);
            continue;
        }
        expire_flow(&stack->flows[node], now);
    }
}

/* A flow that waits for chunks is told when some are free again, not only when its own data is acknowledged. */
static void tell_starved(struct stack *stack)
{
    struct flow *flow;
    while (stack->chunks.free_count >= stack->chunks.count / 4 + 1 &&
           (flow = flow_list_first(&stack->starved))) {
        flow_list_remove(&stack->starved, flow);
        flow->wants_room = false;
        tell(flow, FLOW_ROOM);
    }
}

bool stack_next(struct stack *stack, struct flow_event *event)
{
    outbox_forget_sent(&stack->outbox, &stack->chunks);
    tell_starved(stack);
    if (tell_next(stack, event))
        return true;
    flow_life_settle(stack);
    return false;
}

const struct stack_counts *stack_counts(struct stack *stack)
{
    struct stack_counts *counts = &stack->counts;
    counts->flows_now = stack->setup.flow_max - stack->free_flow_count;
    counts->pending_now = stack->pending.count;
    counts->time_wait_now = stack->time_wait.count;
    counts->chunks_now = stack->chunks.count - stack->chunks.free_count;
    return counts;
}
