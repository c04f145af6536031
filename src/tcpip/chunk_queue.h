/* SPDX-License-Identifier: BSD-2-Clause */
/* Octets at their sequence numbers, in chunks of the pool: data to send until it is acknowledged, or data received
 * until it is consumed. Holes are allowed, and cost at most a chunk each; the owner keeps track of them, the queue does
 * not. */
#pragma once

#include "tcpip/chunks.h"

struct chunk_queue {
    uint32_t first;  /* or CHUNK_NONE; ordered by sequence number */
    uint32_t cursor; /* the chunk used last: usually the next one too */
};

#define CHUNK_QUEUE_EMPTY ((struct chunk_queue){ CHUNK_NONE, CHUNK_NONE })

/* Puts octets at `seq`; returns how many of them before the chunks ran out. */
size_t chunk_queue_write(struct chunk_queue *q, struct chunks *pool, uint32_t seq,
                         struct bytes data);

/* How many chunks the pool must give to write `len` octets, or any part of them, at `seq`. */
size_t chunk_queue_lacks(const struct chunk_queue *q, const struct chunks *pool, uint32_t seq,
                         size_t len);

/* Room from `seq` to the end of its chunk; empty if there is no such chunk. */
struct span chunk_queue_room(struct chunk_queue *q, struct chunks *pool, uint32_t seq);

/* The octets at `seq`, which must have been written: at most `len`, and only to the end of their chunk. */
struct bytes chunk_queue_read(struct chunk_queue *q, const struct chunks *pool, uint32_t seq,
                              size_t len);

/* Gives back the chunks that lie wholly before `seq`. */
void chunk_queue_drop(struct chunk_queue *q, struct chunks *pool, uint32_t seq);
void chunk_queue_clear(struct chunk_queue *q, struct chunks *pool);
