/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/flow_table.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

bool flow_table_init(struct flow_table *t, size_t max, const struct siphash_key *key)
{
    size_t slots = 16;
    while (slots < 2 * max)
        slots *= 2;
    *t = (struct flow_table){ .mask = (uint32_t)(slots - 1) };
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

/* Where the hash is, or the free slot where it would be. */
static uint32_t slot_of(const struct flow_table *t, uint64_t hash)
{
    uint32_t slot = (uint32_t)hash & t->mask;
    while (t->values[slot] != FLOW_TABLE_NONE && t->hashes[slot] != hash)
        slot = (slot + 1) & t->mask;
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
    for (uint32_t slot = (hole + 1) & t->mask; t->values[slot] != FLOW_TABLE_NONE;
         slot = (slot + 1) & t->mask) {
        uint32_t home = (uint32_t)t->hashes[slot] & t->mask;
        if (((slot - home) & t->mask) >= ((slot - hole) & t->mask)) {
            t->hashes[hole] = t->hashes[slot];
            t->values[hole] = t->values[slot];
            t->values[slot] = FLOW_TABLE_NONE;
            hole = slot;
        }
    }
}
