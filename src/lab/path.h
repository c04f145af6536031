/* SPDX-License-Identifier: BSD-2-Clause */
/* One direction of a path through a network: a queue in front of a link of some rate, then a delay, and what goes
 * wrong on the way. It says when a packet arrives; the packet itself it never sees. */
#pragma once

#include "base/instant.h"
#include "lab/dice.h"

#include <stddef.h>

struct path_setup {
    int64_t delay_us;
    int64_t jitter_us;  /* up to so much more; packets do not overtake each other by it */
    uint64_t rate;      /* bits per second; 0: as many as come */
    uint32_t queue_max; /* octets that may wait for the link; what comes then is lost */
    uint32_t mark_at;   /* as many wait: packets that can be are marked (RFC 3168); 0: none */
    uint32_t loss, reorder, duplicate; /* of a million packets */
    uint16_t mtu;                      /* what is larger does not pass */
};

struct path {
    struct path_setup setup;
    struct dice dice;
    struct instant free_at; /* when the link has sent all that waits */
    struct instant last_at; /* when the last packet arrives */
};

enum path_fate {
    PATH_CARRIED,
    PATH_LOST,    /* by chance */
    PATH_FULL,    /* the queue was */
    PATH_TOO_BIG, /* for its MTU */
};

struct path_verdict {
    enum path_fate fate;
    size_t copies;        /* 1 or 2, if carried */
    struct instant at[2]; /* when they arrive */
    bool is_marked, is_overtaken;
};

/* `dice` are the path's from now on. */
void path_init(struct path *path, const struct path_setup *setup, struct dice dice);
struct path_verdict path_carry(struct path *path, struct instant now, size_t len);
