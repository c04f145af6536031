/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/flow_table.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

bool flow_table_init(struct flow_table *t, size_t max, const struct siphash_key *key)
{
    size_t slots = 2 * max + 1; /* one is always free */
    *t = (struct flow_table){ .slots = (uint32_t)slots };
    t->key = *key;
    t->hashes = calloc(slots, sizeof(*t->hashes));
    t->values = malloc(slots * sizeof(*t->values));
    if (!t->hashes || !t->values) {
        flow_table_wipe(t);
        return false;
    }
    for (size_t i = 0; i < slots; i++)
        t->values[i] = FLOW_TABLE_NONE;
    return true;
}

void flow_table_wipe(struct flow_table *t)
{
    free(t->hashes);
    free(t->values);
    bytes_wipe(t, sizeof(*t));
}

uint64_t flow_table_hash(const struct flow_table *t, const struct ip_endpoint *local,
                         const struct ip_endpoint *remote)
{
    uint64_t words[5];
    memcpy(words, local->address.octets, 16);
    memcpy(words + 2, remote->address.octets, 16);
    words[4] = (uint64_t)local->port << 16 | remote->port;
    return siphash_words(&t->key, words, 5);
}

/* Where a hash belongs: its lower half as a fraction of the table, which need not be a power of two. */
static uint32_t home_of(const struct flow_table *t, uint64_t hash)
{
    return (uint32_t)((hash & UINT32_MAX) * t->slots >> 32);
}

static uint32_t slot_after(const struct flow_table *t, uint32_t slot)
{
    return slot + 1 < t->slots ? slot + 1 : 0;
}

/* How far it is from one slot on to another. */
static uint32_t distance(const struct flow_table *t, uint32_t from, uint32_t to)
{
    return to >= from ? to - from : to + (t->slots - from);
}

/* Where the hash is, or the free slot where it would be. */
static uint32_t slot_of(const struct flow_table *t, uint64_t hash)
{
    uint32_t slot = home_of(t, hash);
    while (t->values[slot] != FLOW_TABLE_NONE && t->hashes[slot] != hash)
        slot = slot_after(t, slot);
    return slot;
}

uint32_t flow_table_find(const struct flow_table *t, uint64_t hash)
{
    return t->values[slot_of(t, hash)];
}

void flow_table_put(struct flow_table *t, uint64_t hash, uint32_t value)
{
    CHECK(value != FLOW_TABLE_NONE);
    uint32_t slot = slot_of(t, hash);
    t->hashes[slot] = hash;
    t->values[slot] = value;
}

void flow_table_remove(struct flow_table *t, uint64_t hash)
{
    uint32_t hole = slot_of(t, hash);
    t->values[hole] = FLOW_TABLE_NONE;
    /* What was pushed on by the one removed moves back, so that no search ends too soon. */
    for (uint32_t slot = slot_after(t, hole); t->values[slot] != FLOW_TABLE_NONE;
         slot = slot_after(t, slot)) {
        uint32_t home = home_of(t, t->hashes[slot]);
        if (distance(t, home, slot) >= distance(t, hole, slot)) {
            t->hashes[hole] = t->hashes[slot];
            t->values[hole] = t->values[slot];
            t->values[slot] = FLOW_TABLE_NONE;
            hole = slot;
        }
    }
}
