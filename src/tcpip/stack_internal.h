/* SPDX-License-Identifier: BSD-2-Clause */
/* What the sources of the stack share. All of it belongs to the stack; a flow has a pointer to its stack. */
#pragma once

#include "tcpip/block_pool.h"
#include "tcpip/chunks.h"
#include "tcpip/flow.h"
#include "tcpip/flow_list.h"
#include "tcpip/flow_table.h"
#include "tcpip/fragments.h"
#include "tcpip/icmp_limit.h"
#include "tcpip/listeners.h"
#include "tcpip/outbox.h"
#include "tcpip/pending.h"
#include "tcpip/tcp/isn.h"
#include "tcpip/tcp/syn_cookie.h"
#include "tcpip/time_wait.h"
#include "tcpip/wheel.h"

/* What a number in the flow table refers to: its two highest bits. */
enum stack_entry_kind { STACK_ENTRY_FLOW, STACK_ENTRY_PENDING, STACK_ENTRY_TIME_WAIT };
enum { STACK_ENTRY_SHIFT = 30 };

/* Besides struct flow, each flow takes a node of the wheel, an entry of the table, and its number in the list of free
 * flows. */
#define STACK_OCTETS_OF_FLOW (sizeof(struct wheel_node) + FLOW_TABLE_OCTETS + sizeof(uint32_t))
/* The whole cost of a pending handshake, and of a connection in TIME-WAIT. */
#define STACK_OCTETS_PENDING \
    (sizeof(struct pending_entry) + sizeof(struct wheel_node) + FLOW_TABLE_OCTETS)
#define STACK_OCTETS_TIME_WAIT (sizeof(struct time_wait_entry) + FLOW_TABLE_OCTETS)
_Static_assert(STACK_OCTETS_PENDING <= 128, "a pending handshake has become too large");
_Static_assert(STACK_OCTETS_TIME_WAIT <= 48, "a connection in TIME-WAIT has become too large");

static inline uint32_t stack_entry(enum stack_entry_kind kind, uint32_t index)
{
    return (uint32_t)kind << STACK_ENTRY_SHIFT | index;
}

struct stack {
    struct stack_setup setup;
    const struct trace *trace;
    struct stack_counts counts;
    struct flow_table table;
    struct wheel wheel; /* a node for each flow, then one for each pending handshake */
    struct chunks chunks;
    struct block_pool works; /* one for each flow; those that are idle need none */
    struct block_pool sent_blocks, assembly_blocks;
    struct listeners listeners;
    struct outbox outbox;
    struct isn isn;
    struct syn_cookie cookie;
    struct pending pending;
    struct time_wait time_wait;
    struct fragments fragments;
    struct icmp_limit icmp_limit;
    struct flow *flows;
    uint32_t *free_flows; /* numbers */
    uint32_t free_flow_count;
    uint32_t asked_count;                  /* flows that wait for their owner's decision: LISTEN */
    struct flow_list ready, told, starved; /* told: those with events */
    /* Received data still in the packet fed last: the tail of what `borrower` has in order. */
    struct flow *borrower;
    struct bytes borrowed;
    uint32_t borrowed_at;         /* sequence number of its first octet */
    struct instant cookies_until; /* until then a handshake may be completed by a cookie */
};

/* The entry of two endpoints with this hash: a number with its kind, or FLOW_TABLE_NONE. */
uint32_t stack_find(const struct stack *stack, uint64_t hash);

/* Whether it answers as this address: one of its own, or of its networks. */
bool stack_has_address(const struct stack *stack, const struct ip_address *address);
