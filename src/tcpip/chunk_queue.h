/* SPDX-License-Identifier: BSD-2-Clause */
/* Octets at their sequence numbers, in chunks of the pool: what a flow has to send until it is acknowledged, or what it
 * has received until it is consumed. There may be holes, which cost at most a chunk each. The queue does not know what is a
 * hole; its owner does. */
#pragma once

#include "tcpip/chunks.h"

struct chunk_queue {
    uint32_t first;  /* or CHUNK_NONE; ordered by sequence number */
    uint32_t cursor; /* the chunk used last: most often the next one, too */
};

#define CHUNK_QUEUE_EMPTY ((struct chunk_queue){ CHUNK_NONE, CHUNK_NONE })

/* Puts octets at `seq`; returns how many of them before the chunks ran out. */
size_t chunk_queue_write(struct chunk_queue *q, struct chunks *pool, uint32_t seq,
                         struct bytes data);

/* How many chunks writing `len` octets at `seq`, or any part of them, takes from the pool. */
size_t chunk_queue_lacks(const struct chunk_queue *q, const struct chunks *pool, uint32_t seq,
                         size_t len);

/* Room at `seq`, to the end of its chunk; empty when there is no chunk. */
struct span chunk_queue_room(struct chunk_queue *q, struct chunks *pool, uint32_t seq);

/* What lies at `seq`, at most `len` octets and to the end of its chunk. They were written before. */
struct bytes chunk_queue_read(struct chunk_queue *q, const struct chunks *pool, uint32_t seq,
                              size_t len);

/* Gives back what lies wholly before `seq`. */
void chunk_queue_drop(struct chunk_queue *q, struct chunks *pool, uint32_t seq);
void chunk_queue_clear(struct chunk_queue *q, struct chunks *pool);
