/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/flow_table.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

bool flow_table_init(struct flow_table *t, size_t max, const struct siphash_key *key)
{
    size_t count = max + max / 3 + 1; /* one is always free */
    *t = (struct flow_table){ .count = (uint32_t)count };
    t->key = *key;
    t->slots = malloc(count * sizeof(*t->slots));
    if (!t->slots)
        return false;
    for (size_t i = 0; i < count; i++)
        t->slots[i] = (struct flow_table_slot){ 0, FLOW_TABLE_NONE };
    return true;
}

void flow_table_wipe(struct flow_table *t)
{
    free(t->slots);
    bytes_wipe(t, sizeof(*t));
}

uint64_t flow_table_hash(const struct flow_table *t, const struct ip_endpoint *local,
                         const struct ip_endpoint *remote)
{
    uint64_t words[5];
    memcpy(words, local->address.octets, 16);
    memcpy(words + 2, remote->address.octets, 16);
    words[4] = (uint64_t)remote->address.version << 32 | (uint32_t)local->port << 16 | remote->port;
    return siphash_words(&t->key, words, 5);
}

static uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

/* The first slot of a tag: proportional to its value, so the table size need not be a power of two. */
static uint32_t home_of(const struct flow_table *t, uint32_t tag)
{
    return (uint32_t)((uint64_t)tag * t->count >> 32);
}

static uint32_t slot_after(const struct flow_table *t, uint32_t slot)
{
    return slot + 1 < t->count ? slot + 1 : 0;
}

/* Steps from one slot to another. */
static uint32_t distance(const struct flow_table *t, uint32_t from, uint32_t to)
{
    return to >= from ? to - from : to + (t->count - from);
}

struct flow_table_search flow_table_search(const struct flow_table *t, uint64_t hash)
{
    uint32_t tag = tag_of(hash);
    return (struct flow_table_search){ tag, home_of(t, tag) };
}

uint32_t flow_table_next(const struct flow_table *t, struct flow_table_search *search)
{
    struct flow_table_slot at = t->slots[search->slot];
    while (at.value != FLOW_TABLE_NONE) {
        search->slot = slot_after(t, search->slot);
        if (at.tag == search->tag)
            return at.value;
        at = t->slots[search->slot];
    }
    return FLOW_TABLE_NONE;
}

/* The slot of the value; for FLOW_TABLE_NONE, the free slot after those the tag may be in. */
static uint32_t slot_of(const struct flow_table *t, uint32_t tag, uint32_t value)
{
    uint32_t slot = home_of(t, tag);
    while (t->slots[slot].value != value) {
        CHECK(t->slots[slot].value != FLOW_TABLE_NONE);
        slot = slot_after(t, slot);
    }
    return slot;
}

void flow_table_put(struct flow_table *t, uint64_t hash, uint32_t value)
{
    CHECK(value != FLOW_TABLE_NONE);
    uint32_t slot = slot_of(t, tag_of(hash), FLOW_TABLE_NONE);
    t->slots[slot] = (struct flow_table_slot){ tag_of(hash), value };
}

void flow_table_replace(struct flow_table *t, uint64_t hash, uint32_t value, uint32_t by)
{
    t->slots[slot_of(t, tag_of(hash), value)].value = by;
}

void flow_table_remove(struct flow_table *t, uint64_t hash, uint32_t value)
{
    uint32_t hole = slot_of(t, tag_of(hash), value);
    t->slots[hole].value = FLOW_TABLE_NONE;
    /* Entries displaced by the removed one move back, so that no search ends too soon. */
    for (uint32_t slot = slot_after(t, hole); t->slots[slot].value != FLOW_TABLE_NONE;
         slot = slot_after(t, slot)) {
        uint32_t home = home_of(t, t->slots[slot].tag);
        if (distance(t, home, slot) >= distance(t, hole, slot)) {
            t->slots[hole] = t->slots[slot];
            t->slots[slot].value = FLOW_TABLE_NONE;
            hole = slot;
        }
    }
}
