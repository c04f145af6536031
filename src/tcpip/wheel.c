/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/wheel.h"

#include "base/check.h"

#include <stdlib.h>

enum { LEVEL_BITS = 8, WORD_BITS = 64 };

static const int64_t TICK_MAX = ((int64_t)1 << (LEVEL_BITS * WHEEL_LEVELS)) - 1;

bool wheel_init(struct wheel *w, size_t count, struct instant now)
{
    *w = (struct wheel){ .count = (uint32_t)count, .start_us = now.us };
    w->nodes = calloc(count, sizeof(*w->nodes));
    if (!w->nodes)
        return false;
    for (size_t i = 0; i < WHEEL_LEVELS * WHEEL_SLOTS; i++)
        w->slots[i] = WHEEL_NONE;
    return true;
}

void wheel_wipe(struct wheel *w)
{
    free(w->nodes);
    w->nodes = NULL;
}

static int64_t tick_of(const struct wheel *w, struct instant at)
{
    int64_t us = at.us - w->start_us;
    int64_t tick = us <= 0 ? 0 : us / 1000 + (us % 1000 != 0);
    return tick > TICK_MAX ? TICK_MAX : tick;
}

static void mark(struct wheel *w, uint16_t slot, bool is_used)
{
    uint64_t bit = (uint64_t)1 << slot % WORD_BITS;
    uint64_t *word = &w->used[slot / WHEEL_SLOTS][slot % WHEEL_SLOTS / WORD_BITS];
    *word = is_used ? *word | bit : *word & ~bit;
}

static void unlink_node(struct wheel *w, uint32_t node)
{
    struct wheel_node *n = &w->nodes[node];
    if (n->next != WHEEL_NONE)
        w->nodes[n->next].previous = n->previous;
    if (n->previous != WHEEL_NONE)
        w->nodes[n->previous].next = n->next;
    else
        w->slots[n->slot] = n->next;
    if (w->slots[n->slot] == WHEEL_NONE)
        mark(w, n->slot, false);
    n->is_set = false;
    w->busy -= !n->is_idle;
}

/* Puts the node into the level of the highest digit in which the deadline differs from now: when that digit comes up,
 * the slot is dealt out to the levels below. */
static void link_node(struct wheel *w, uint32_t node, int64_t tick, bool is_idle)
{
    if (tick < w->tick)
        tick = w->tick;
    uint64_t difference = (uint64_t)(tick ^ w->tick);
    unsigned digits = difference == 0 ? 0 : 63 - (unsigned)__builtin_clzll(difference);
    unsigned level = digits / LEVEL_BITS;
    uint16_t slot =
        (uint16_t)(level * WHEEL_SLOTS + ((tick >> (level * LEVEL_BITS)) & (WHEEL_SLOTS - 1)));
    w->nodes[node] = (struct wheel_node){
        .next = w->slots[slot],
        .previous = WHEEL_NONE,
        .tick = (uint64_t)(tick & TICK_MAX),
        .slot = slot,
        .is_set = true,
        .is_idle = is_idle,
    };
    if (w->slots[slot] != WHEEL_NONE)
        w->nodes[w->slots[slot]].previous = node;
    w->slots[slot] = node;
    w->busy += !is_idle;
    mark(w, slot, true);
}

void wheel_set(struct wheel *w, uint32_t node, struct instant at)
{
    CHECK(node < w->count);
    if (w->nodes[node].is_set)
        unlink_node(w, node);
    if (at.us != INSTANT_NEVER.us)
        link_node(w, node, tick_of(w, at), false);
}

static bool is_sooner(const struct wheel *w, uint32_t node, struct instant at)
{
    return !w->nodes[node].is_set || tick_of(w, at) < (int64_t)w->nodes[node].tick;
}

void wheel_set_sooner(struct wheel *w, uint32_t node, struct instant at)
{
    if (at.us == INSTANT_NEVER.us)
        return;
    if (is_sooner(w, node, at)) {
        wheel_set(w, node, at);
    } else if (w->nodes[node].is_idle) {
        w->nodes[node].is_idle = false;
        w->busy++;
    }
}

void wheel_set_idle(struct wheel *w, uint32_t node, struct instant at)
{
    if (at.us == INSTANT_NEVER.us || !is_sooner(w, node, at))
        return;
    bool is_idle = !w->nodes[node].is_set || w->nodes[node].is_idle;
    if (w->nodes[node].is_set)
        unlink_node(w, node);
    link_node(w, node, tick_of(w, at), is_idle);
}

bool wheel_is_idle(const struct wheel *w)
{
    return w->busy == 0;
}

/* The first used slot of a level, at or after `from`; -1: none. */
static int find_used(const uint64_t *used, int from)
{
    for (int word = from / WORD_BITS; word < WHEEL_SLOTS / WORD_BITS; word++) {
        uint64_t bits = used[word];
        if (word == from / WORD_BITS)
            bits &= ~(uint64_t)0 << from % WORD_BITS;
        if (bits)
            return word * WORD_BITS + __builtin_ctzll(bits);
    }
    return -1;
}

/* The tick of the next slot that has nodes, and which slot; -1: none. */
static int64_t next_tick(const struct wheel *w, uint16_t *slot)
{
    for (int level = 0; level < WHEEL_LEVELS; level++) {
        int shift = level * LEVEL_BITS;
        int index = find_used(w->used[level], (int)((w->tick >> shift) & (WHEEL_SLOTS - 1)));
        if (index >= 0) {
            *slot = (uint16_t)(level * WHEEL_SLOTS + index);
            int64_t above = w->tick >> shift >> LEVEL_BITS;
            return ((above << LEVEL_BITS) | index) << shift;
        }
    }
    return -1;
}

struct instant wheel_deadline(const struct wheel *w)
{
    uint16_t slot;
    int64_t tick = next_tick(w, &slot);
    return tick < 0 ? INSTANT_NEVER : (struct instant){ w->start_us + tick * 1000 };
}

/* A slot of a higher level has come up: all its nodes go to the levels below. */
static void deal_out(struct wheel *w, uint16_t slot)
{
    for (uint32_t node; (node = w->slots[slot]) != WHEEL_NONE;) {
        int64_t at = (int64_t)w->nodes[node].tick;
        bool is_idle = w->nodes[node].is_idle;
        unlink_node(w, node);
        link_node(w, node, at, is_idle);
    }
}

uint32_t wheel_expire(struct wheel *w, struct instant now)
{
    int64_t now_tick = (now.us - w->start_us) / 1000;
    for (;;) {
        uint16_t slot;
        int64_t tick = next_tick(w, &slot);
        if (tick < 0 || tick > now_tick) {
            if (now_tick > w->tick)
                w->tick = now_tick;
            return WHEEL_NONE;
        }
        if (tick > w->tick)
            w->tick = tick;
        if (slot < WHEEL_SLOTS) {
            uint32_t node = w->slots[slot];
            unlink_node(w, node);
            return node;
        }
        deal_out(w, slot);
    }
}
