/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections in TIME-WAIT (MUST-13), in the order in which they end: what it takes to answer a late segment. The
 * addresses are not kept: the segment has them, and its keyed hash matched. */
#pragma once

#include "base/instant.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TIME_WAIT_MS = 60 * 1000, /* 2 MSL, with the usual MSL of 30 s */
    TIME_WAIT_TICK_MS = 64,
    TIME_WAIT_CHALLENGES = 100, /* in 2 MSL */
};

struct time_wait_entry {
    uint32_t hash[2];                 /* in halves, to avoid 64-bit alignment; see time_wait_hash */
    uint32_t send_next, receive_next; /* SND.NXT, RCV.NXT */
    uint32_t ts_recent;
    uint32_t ends_tick;
    uint32_t next, previous;
    uint16_t window;    /* the field */
    uint8_t challenges; /* ACKs to unacceptable segments since the last restart */
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

/* A new entry that ends 2 MSL from now, or UINT32_MAX: there are too many. The caller fills in all but the table's own
 * fields. */
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
