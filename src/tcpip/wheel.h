/* SPDX-License-Identifier: BSD-2-Clause */
/* A timer wheel: at most one deadline for each of a fixed number of nodes, set and found in constant time. It counts
 * milliseconds, and rounds deadlines up so that nothing fires early. */
#pragma once

#include "base/instant.h"

#include <stddef.h>

enum {
    WHEEL_LEVELS = 5, /* of eight bits each: over thirty years */
    WHEEL_SLOTS = 256,
};
#define WHEEL_NONE UINT32_MAX

struct wheel_node {
    uint32_t next, previous;       /* in its slot */
    uint64_t tick : 40, slot : 16; /* over all levels */
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

/* Moves the node's deadline; INSTANT_NEVER removes it. */
void wheel_set(struct wheel *w, uint32_t node, struct instant at);

/* As wheel_set, but only if the new deadline is sooner. A node that is woken too early sets its deadline again, so
 * postponing a deadline costs nothing. */
void wheel_set_sooner(struct wheel *w, uint32_t node, struct instant at);

/* As wheel_set_sooner, but for work that can wait. A deadline already set otherwise does not become idle. */
void wheel_set_idle(struct wheel *w, uint32_t node, struct instant at);
/* Whether all deadlines are idle. */
bool wheel_is_idle(const struct wheel *w);

/* No node's deadline is sooner than this; it may be that none is due then. */
struct instant wheel_deadline(const struct wheel *w);

/* Removes one deadline that has been reached, and returns its node, or WHEEL_NONE. */
uint32_t wheel_expire(struct wheel *w, struct instant now);
