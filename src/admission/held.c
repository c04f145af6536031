/* SPDX-License-Identifier: BSD-2-Clause */
#include "admission/held.h"

#include "admission/crowd.h"
#include "base/check.h"

#include <stdlib.h>

enum { STAGE_COUNT = HELD_READY + 1, LEVEL_COUNT = 3 };

static const uint32_t NOBODY = UINT32_MAX;

/* From the widest block to a single address. */
static const struct {
    unsigned v4_bits, v6_bits;
} levels[LEVEL_COUNT] = { { 16, 48 }, { 24, 64 }, { 32, 128 } };

struct slot {
    struct source source;
    enum held_stage stage;
    bool is_used;
    struct instant since;    /* when it entered the stage */
    uint32_t earlier, later; /* in the stage; later is also the next unused one */
};

struct queue {
    uint32_t first, last;
};

struct held {
    struct held_setup setup;
    struct slot *slots;
    size_t count, fresh; /* slots from `fresh` on were never used */
    uint32_t unused;
    uint64_t random;
    struct queue stages[STAGE_COUNT];
    struct crowd *crowds[LEVEL_COUNT];
};

struct held *held_new(const struct held_setup *setup)
{
    CHECK(setup->capacity > 0 && setup->capacity < NOBODY);
    struct held *h = calloc(1, sizeof(*h));
    CHECK(h);
    h->setup = *setup;
    h->slots = calloc(setup->capacity, sizeof(*h->slots));
    CHECK(h->slots);
    h->unused = NOBODY;
    h->random = setup->seed;
    for (size_t i = 0; i < STAGE_COUNT; i++)
        h->stages[i] = (struct queue){ NOBODY, NOBODY };
    for (size_t i = 0; i < LEVEL_COUNT; i++)
        h->crowds[i] = crowd_new(&(struct crowd_setup){ setup->capacity, levels[i].v4_bits,
                                                        levels[i].v6_bits, setup->seed });
    return h;
}

void held_free(struct held *h)
{
    if (!h)
        return;
    for (size_t i = 0; i < LEVEL_COUNT; i++)
        crowd_free(h->crowds[i]);
    free(h->slots);
    free(h);
}

/* ---- the stages' queues ---- */

static uint32_t *link_behind(struct held *h, struct queue *queue, uint32_t number)
{
    return number == NOBODY ? &queue->first : &h->slots[number].later;
}

static uint32_t *link_before(struct held *h, struct queue *queue, uint32_t number)
{
    return number == NOBODY ? &queue->last : &h->slots[number].earlier;
}

static void join(struct held *h, uint32_t number)
{
    struct slot *slot = &h->slots[number];
    struct queue *queue = &h->stages[slot->stage];
    slot->earlier = queue->last;
    slot->later = NOBODY;
    *link_behind(h, queue, queue->last) = number;
    queue->last = number;
}

static void part(struct held *h, uint32_t number)
{
    struct slot *slot = &h->slots[number];
    struct queue *queue = &h->stages[slot->stage];
    *link_behind(h, queue, slot->earlier) = slot->later;
    *link_before(h, queue, slot->later) = slot->earlier;
}

/* ---- coming and going ---- */

bool held_has(const struct held *h, size_t number)
{
    return number < h->fresh && h->slots[number].is_used;
}

static struct slot *used_slot(const struct held *h, size_t number)
{
    CHECK(held_has(h, number));
    return &h->slots[number];
}

bool held_is_empty(const struct held *h)
{
    return h->count == 0;
}

bool held_is_full(const struct held *h)
{
    return h->count == h->setup.capacity;
}

static uint32_t take_unused(struct held *h)
{
    CHECK(!held_is_full(h));
    h->count++;
    uint32_t number = h->unused;
    if (number == NOBODY)
        return (uint32_t)h->fresh++;
    h->unused = h->slots[number].later;
    return number;
}

size_t held_add(struct held *h, const struct source *source, struct instant now)
{
    uint32_t number = take_unused(h);
    h->slots[number] = (struct slot){ .source = *source, .is_used = true, .since = now };
    join(h, number);
    for (size_t i = 0; i < LEVEL_COUNT; i++)
        crowd_enter(h->crowds[i], source);
    return number;
}

void held_remove(struct held *h, size_t number)
{
    struct slot *slot = used_slot(h, number);
    part(h, (uint32_t)number);
    for (size_t i = 0; i < LEVEL_COUNT; i++)
        crowd_leave(h->crowds[i], &slot->source);
    slot->is_used = false;
    slot->later = h->unused;
    h->unused = (uint32_t)number;
    h->count--;
}

void held_advance(struct held *h, size_t number, enum held_stage stage, struct instant now)
{
    struct slot *slot = used_slot(h, number);
    CHECK(stage >= slot->stage);
    if (stage == slot->stage)
        return;
    part(h, (uint32_t)number);
    slot->stage = stage;
    slot->since = now;
    join(h, (uint32_t)number);
}

enum held_stage held_stage(const struct held *h, size_t number)
{
    return used_slot(h, number)->stage;
}

bool held_first(const struct held *h, enum held_stage stage, size_t *number)
{
    *number = h->stages[stage].first;
    return h->stages[stage].first != NOBODY;
}

/* ---- time ---- */

/* A stage's slots entered it in the order of their deadlines. */
static struct instant stage_deadline(const struct held *h, enum held_stage stage)
{
    size_t number;
    if (stage == HELD_READY || !held_first(h, stage, &number))
        return INSTANT_NEVER;
    return instant_after(h->slots[number].since,
                         stage == HELD_SILENT ? h->setup.silent_ms : h->setup.named_ms);
}

struct instant held_deadline(const struct held *h)
{
    return instant_earlier(stage_deadline(h, HELD_SILENT), stage_deadline(h, HELD_NAMED));
}

bool held_overdue(const struct held *h, struct instant now, size_t *number)
{
    for (enum held_stage stage = HELD_SILENT; stage < HELD_READY; stage++)
        if (instant_reached(now, stage_deadline(h, stage)))
            return held_first(h, stage, number);
    return false;
}

/* ---- eviction ---- */

static size_t draw(struct held *h)
{
    uint64_t z = (h->random += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (size_t)((z ^ (z >> 31)) % h->setup.capacity);
}

struct candidate {
    size_t number;
    size_t crowds[LEVEL_COUNT];
    const struct slot *slot;
};

static struct candidate candidate_of(const struct held *h, size_t number)
{
    struct candidate c = { .number = number, .slot = used_slot(h, number) };
    for (size_t i = 0; i < LEVEL_COUNT; i++)
        c.crowds[i] = crowd_count(h->crowds[i], &c.slot->source);
    return c;
}

static bool goes_before(const struct candidate *a, const struct candidate *b)
{
    for (size_t i = 0; i < LEVEL_COUNT; i++)
        if (a->crowds[i] != b->crowds[i])
            return a->crowds[i] > b->crowds[i];
    if (a->slot->stage != b->slot->stage)
        return a->slot->stage < b->slot->stage;
    return a->slot->since.us < b->slot->since.us;
}

size_t held_victim(struct held *h)
{
    CHECK(held_is_full(h));
    bool is_small = h->setup.capacity <= HELD_SAMPLE;
    size_t count = is_small ? h->setup.capacity : HELD_SAMPLE;
    struct candidate victim = candidate_of(h, is_small ? 0 : draw(h));
    for (size_t i = 1; i < count; i++) {
        struct candidate next = candidate_of(h, is_small ? i : draw(h));
        if (goes_before(&next, &victim))
            victim = next;
    }
    return victim.number;
}
