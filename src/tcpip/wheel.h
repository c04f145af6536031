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
    uint32_t next, previous;       /* in its slot */
    uint64_t tick : 40, slot : 16; /* of all levels */
    uint64_t is_set : 1, is_idle : 1;
};

struct wheel {
    struct wheel_node *nodes;
    uint32_t count;
    uint32_t busy; /* nodes whose deadline is not idle */
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

/* As wheel_set_sooner, but what is due then can wait. A deadline that is set anyhow does not become idle by it. */
void wheel_set_idle(struct wheel *w, uint32_t node, struct instant at);
/* Whether all deadlines are idle. */
bool wheel_is_idle(const struct wheel *w);

/* No node's deadline is sooner; there need not be one then. */
struct instant wheel_deadline(const struct wheel *w);

/* Takes the deadline of one node away that is reached, and returns the node, or WHEEL_NONE. */
uint32_t wheel_expire(struct wheel *w, struct instant now);
