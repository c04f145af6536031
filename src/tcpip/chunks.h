/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory for the data of all connections of a stack: a fixed number of 16 KiB chunks, identified by number. Memory
 * never used costs no page. */
#pragma once

#include "base/bytes.h"

enum { CHUNK_LEN = 16384 };
#define CHUNK_NONE UINT32_MAX

/* What is known of a chunk; for its owner (chunk_queue) to use. */
struct chunk {
    uint32_t next;  /* in its queue, or among the free ones */
    uint32_t begin; /* sequence number of its first octet */
};

struct chunks {
    uint8_t *octets;
    struct chunk *list;
    uint32_t count;
    uint32_t free_first, free_count;
    uint32_t promised; /* free chunks that chunks_take does not give out */
};

/* False: there is not enough memory. */
bool chunks_init(struct chunks *c, size_t count);
void chunks_wipe(struct chunks *c);

/* A free chunk, or CHUNK_NONE. */
uint32_t chunks_take(struct chunks *c);
void chunks_give(struct chunks *c, uint32_t chunk);

/* Reserves `count` chunks, in place of any earlier promise. False: fewer are free, and none is reserved. */
bool chunks_promise(struct chunks *c, size_t count);
void chunks_release_promise(struct chunks *c);

struct span chunks_span(const struct chunks *c, uint32_t chunk);
