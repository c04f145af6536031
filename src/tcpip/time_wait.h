/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections in TIME-WAIT (MUST-13): what is needed to answer a late segment. The addresses are not among it: they are in
 * the segment, and its keyed hash has been found. In the order in which they end. */
#pragma once

#include "base/instant.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TIME_WAIT_MS = 60 * 1000, /* 2 MSL, with the MSL of half a minute that hosts use */
    TIME_WAIT_TICK_MS = 64,
    TIME_WAIT_CHALLENGES = 100, /* in 2 MSL */
};

struct time_wait_entry {
    uint32_t hash[2]; /* in halves, as 64 bits would be aligned to as many; see time_wait_hash */
    uint32_t send_next, receive_next; /* SND.NXT, RCV.NXT */
    uint32_t ts_recent;
    uint32_t ends_tick;
    uint32_t next, previous;
    uint16_t window;    /* the field */
    uint8_t challenges; /* ACKs to what was not acceptable, since it was restarted */
    bool has_timestamps;
};

struct time_wait {
    struct time_wait_entry *entries;
    uint32_t max, count, fresh, free_first;
    uint32_t first, last; /* in the order of their end */
    struct instant start;
};

/* False: there is not enough memory. */
bool time_wait_init(struct time_wait *t, size_t max, struct instant now);
void time_wait_wipe(struct time_wait *t);

/* A new entry that ends 2 MSL from now, or UINT32_MAX: there are too many. The caller fills it, but not the fields of
 * this table. */
uint32_t time_wait_take(struct time_wait *t, struct instant now);
void time_wait_give(struct time_wait *t, uint32_t entry);
/* The hash of its endpoints. */
uint64_t time_wait_hash(const struct time_wait *t, uint32_t entry);
void time_wait_set_hash(struct time_wait *t, uint32_t entry, uint64_t hash);
/* It lasts 2 MSL from now. */
void time_wait_restart(struct time_wait *t, uint32_t entry, struct instant now);

/* The one that ends first, or UINT32_MAX, and when. */
uint32_t time_wait_first(const struct time_wait *t);
struct instant time_wait_deadline(const struct time_wait *t);
