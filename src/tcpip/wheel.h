/* SPDX-License-Identifier: BSD-2-Clause */
/* A timer wheel: for each of a fixed number of nodes at most one deadline, set and found in constant time. It counts
 * milliseconds; a deadline is rounded up to the next, so that nothing is early. */
#pragma once

#include "base/instant.h"

#include <stddef.h>

enum {
    WHEEL_LEVELS = 5, /* of eight bits each: more than thirty years */
    WHEEL_SLOTS = 256,
};
#define WHEEL_NONE UINT32_MAX

struct wheel_node {
    uint32_t next, previous; /* in its slot */
    int64_t tick;            /* -1: not set */
    uint16_t slot;           /* of all levels */
};

struct wheel {
    struct wheel_node *nodes;
    uint32_t count;
    int64_t start_us, tick;
    uint32_t slots[WHEEL_LEVELS * WHEEL_SLOTS]; /* the first node of each */
    uint64_t used[WHEEL_LEVELS][WHEEL_SLOTS / 64];
};

/* False: there is not enough memory. */
bool wheel_init(struct wheel *w, size_t count, struct instant now);
void wheel_wipe(struct wheel *w);

/* Moves the node's deadline; INSTANT_NEVER takes it away. */
void wheel_set(struct wheel *w, uint32_t node, struct instant at);

/* As wheel_set, but only if the deadline is sooner than the one it has. Who is woken too early sets it anew: so what is
 * put off again and again costs nothing. */
void wheel_set_sooner(struct wheel *w, uint32_t node, struct instant at);

/* No node's deadline is sooner; there need not be one then. */
struct instant wheel_deadline(const struct wheel *w);

/* Takes the deadline of one node away that is reached, and returns the node, or WHEEL_NONE. */
uint32_t wheel_expire(struct wheel *w, struct instant now);
