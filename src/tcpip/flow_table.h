/* SPDX-License-Identifier: BSD-2-Clause */
/* Which connection a segment belongs to: from the keyed hash (SipHash) of both endpoints to a number. Who does not know
 * the key cannot make two endpoints collide, so the 64 bits stand for the endpoints. */
#pragma once

#include "tcpip/siphash.h"
#include "tcpip/wire/ip_address.h"

#define FLOW_TABLE_NONE UINT32_MAX

/* Memory for an entry: two slots. */
enum { FLOW_TABLE_OCTETS = 2 * (sizeof(uint64_t) + sizeof(uint32_t)) };

struct flow_table {
    uint64_t *hashes;
    uint32_t *values; /* FLOW_TABLE_NONE: free */
    uint32_t slots;   /* at most half of them are used */
    struct siphash_key key;
};

/* For at most `max` entries. False: there is not enough memory. */
bool flow_table_init(struct flow_table *t, size_t max, const struct siphash_key *key);
void flow_table_wipe(struct flow_table *t);

uint64_t flow_table_hash(const struct flow_table *t, const struct ip_endpoint *local,
                         const struct ip_endpoint *remote);

/* The value put there, or FLOW_TABLE_NONE. */
uint32_t flow_table_find(const struct flow_table *t, uint64_t hash);
/* Puts it there, in place of what may be there already. */
void flow_table_put(struct flow_table *t, uint64_t hash, uint32_t value);
void flow_table_remove(struct flow_table *t, uint64_t hash);
