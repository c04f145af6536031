/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections that are held until their clients have sent enough to be worth a process. Each has a number below
 * the capacity. One that sends nothing, or too little, goes at a deadline. When the table is full one of them makes
 * room, so no newcomer is ever refused:
 *
 *   of a sample of HELD_SAMPLE (all, where there are no more), the one from the /16 with the most connections;
 *   of several, the one from the /24 with the most, then from the address (for IPv6: /48, /64, address);
 *   of those, the one that has sent least; of those, the one held longest.
 *
 * So a flood evicts itself, as long as other networks are less crowded, and any client is held at least as long as
 * it takes to fill the table. The sample keeps the choice cheap; a network with half of the connections is missing
 * from it once in 2^HELD_SAMPLE times. */
#pragma once

#include "admission/source.h"
#include "base/instant.h"

enum { HELD_SAMPLE = 64 };

enum held_stage {
    HELD_SILENT, /* waiting for the identification */
    HELD_NAMED,  /* waiting for the first packet */
    HELD_READY,  /* nothing more is needed from the client; no deadline */
};

struct held_setup {
    size_t capacity;
    int64_t silent_ms, named_ms; /* how long they may stay in the stage */
    uint64_t seed;               /* random: for the sample, and see source_hash */
};

struct held;

struct held *held_new(const struct held_setup *setup);
void held_free(struct held *h); /* NULL is fine */

bool held_is_empty(const struct held *h);
bool held_is_full(const struct held *h);

/* The one to evict when it is full. The caller removes it. */
size_t held_victim(struct held *h);

/* Returns the new connection's number. There must be room. */
size_t held_add(struct held *h, const struct source *source, struct instant now);
void held_remove(struct held *h, size_t number);

/* Whether the number is in use. */
bool held_has(const struct held *h, size_t number);

/* Stages only advance; the same one again changes nothing. */
void held_advance(struct held *h, size_t number, enum held_stage stage, struct instant now);
enum held_stage held_stage(const struct held *h, size_t number);

/* The one that has waited longest in the stage. */
bool held_first(const struct held *h, enum held_stage stage, size_t *number);

struct instant held_deadline(const struct held *h);
/* One whose deadline has passed. The caller removes it and asks again. */
bool held_overdue(const struct held *h, struct instant now, size_t *number);
