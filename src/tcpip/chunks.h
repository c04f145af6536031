/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory for the data of all connections of a stack: a fixed number of chunks of 16 KiB, named by number. Memory
 * that was never used costs no page. */
#pragma once

#include "base/bytes.h"

enum { CHUNK_LEN = 16384 };
#define CHUNK_NONE UINT32_MAX

/* What is known of one chunk; its owner (chunk_queue) uses it. */
struct chunk {
    uint32_t next;  /* in its queue, or among the free ones */
    uint32_t begin; /* sequence number of its first octet */
};

struct chunks {
    uint8_t *octets;
    struct chunk *list;
    uint32_t count;
    uint32_t free_first, free_count;
    uint32_t promised; /* free ones that chunks_take keeps back */
};

/* False: there is not enough memory. */
bool chunks_init(struct chunks *c, size_t count);
void chunks_wipe(struct chunks *c);

/* A free chunk, or CHUNK_NONE. */
uint32_t chunks_take(struct chunks *c);
void chunks_give(struct chunks *c, uint32_t chunk);

/* Keeps so many chunks back; false, and none is, if there are not so many. What was promised before is no longer. */
bool chunks_promise(struct chunks *c, size_t count);
void chunks_release_promise(struct chunks *c);

struct span chunks_span(const struct chunks *c, uint32_t chunk);
