/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds the connection of a segment: maps the keyed hash (SipHash) of both endpoints to a number. Without the key
 * nobody can make two pairs of endpoints collide, so the 64-bit hash stands for the endpoints. The table keeps 32 bits
 * of it; the entry found has all 64, and the caller compares them. */
#pragma once

#include "tcpip/siphash.h"
#include "tcpip/wire/ip_address.h"

#define FLOW_TABLE_NONE UINT32_MAX

struct flow_table_slot {
    uint32_t tag;   /* the upper half of the hash */
    uint32_t value; /* FLOW_TABLE_NONE: free */
};

/* Memory per entry: one slot and a third. */
enum { FLOW_TABLE_OCTETS = (4 * sizeof(struct flow_table_slot) + 2) / 3 };

struct flow_table {
    struct flow_table_slot *slots;
    uint32_t count; /* of slots; at most three in four are used */
    struct siphash_key key;
};

/* For at most `max` entries. False: there is not enough memory. */
bool flow_table_init(struct flow_table *t, size_t max, const struct siphash_key *key);
void flow_table_wipe(struct flow_table *t);

uint64_t flow_table_hash(const struct flow_table *t, const struct ip_endpoint *local,
                         const struct ip_endpoint *remote);

/* Iterates over the values that may belong to a hash, until FLOW_TABLE_NONE. About one entry in 2^32 is another
 * hash's. */
struct flow_table_search {
    uint32_t tag, slot;
};
struct flow_table_search flow_table_search(const struct flow_table *t, uint64_t hash);
uint32_t flow_table_next(const struct flow_table *t, struct flow_table_search *search);

/* `value` is not in the table yet. */
void flow_table_put(struct flow_table *t, uint64_t hash, uint32_t value);
/* `value` is in the table. */
void flow_table_replace(struct flow_table *t, uint64_t hash, uint32_t value, uint32_t by);
void flow_table_remove(struct flow_table *t, uint64_t hash, uint32_t value);
