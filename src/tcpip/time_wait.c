/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/time_wait.h"

#include <stdlib.h>

#define NONE UINT32_MAX

bool time_wait_init(struct time_wait *t, size_t max, struct instant now)
{
    *t = (struct time_wait){
        .max = (uint32_t)max, .free_first = NONE, .first = NONE, .last = NONE, .start = now
    };
    t->entries = calloc(max > 0 ? max : 1, sizeof(*t->entries));
    return t->entries;
}

void time_wait_wipe(struct time_wait *t)
{
    free(t->entries);
    t->entries = NULL;
}

static void append(struct time_wait *t, uint32_t entry, struct instant now)
{
    struct time_wait_entry *e = &t->entries[entry];
    int64_t end_ms = (now.us - t->start.us) / 1000 + TIME_WAIT_MS;
    e->ends_tick = (uint32_t)((end_ms + TIME_WAIT_TICK_MS - 1) / TIME_WAIT_TICK_MS);
    e->challenges = 0;
    e->next = NONE;
    e->previous = t->last;
    if (t->last != NONE)
        t->entries[t->last].next = entry;
    else
        t->first = entry;
    t->last = entry;
}

static void unlink_entry(struct time_wait *t, uint32_t entry)
{
    const struct time_wait_entry *e = &t->entries[entry];
    if (e->previous != NONE)
        t->entries[e->previous].next = e->next;
    else
        t->first = e->next;
    if (e->next != NONE)
        t->entries[e->next].previous = e->previous;
    else
        t->last = e->previous;
}

uint32_t time_wait_take(struct time_wait *t, struct instant now)
{
    uint32_t entry = t->free_first;
    if (entry != NONE)
        t->free_first = t->entries[entry].next;
    else if (t->fresh < t->max)
        entry = t->fresh++;
    else
        return NONE;
    append(t, entry, now);
    t->count++;
    return entry;
}

void time_wait_give(struct time_wait *t, uint32_t entry)
{
    unlink_entry(t, entry);
    t->entries[entry].next = t->free_first;
    t->free_first = entry;
    t->count--;
}

uint64_t time_wait_hash(const struct time_wait *t, uint32_t entry)
{
    const struct time_wait_entry *e = &t->entries[entry];
    return (uint64_t)e->hash[1] << 32 | e->hash[0];
}

void time_wait_set_hash(struct time_wait *t, uint32_t entry, uint64_t hash)
{
    t->entries[entry].hash[0] = (uint32_t)hash;
    t->entries[entry].hash[1] = (uint32_t)(hash >> 32);
}

void time_wait_restart(struct time_wait *t, uint32_t entry, struct instant now)
{
    unlink_entry(t, entry);
    append(t, entry, now);
}

uint32_t time_wait_first(const struct time_wait *t)
{
    return t->first;
}

struct instant time_wait_deadline(const struct time_wait *t)
{
    if (t->first == NONE)
        return INSTANT_NEVER;
    return instant_after(t->start, (int64_t)t->entries[t->first].ends_tick * TIME_WAIT_TICK_MS);
}
