/* SPDX-License-Identifier: BSD-2-Clause */
/* One direction of a path through a network: a queue in front of a link of some rate, then a delay, and what can go
 * wrong on the way. It decides when a packet arrives; it never sees the packet itself. */
#pragma once

#include "base/instant.h"
#include "lab/dice.h"

#include <stddef.h>

struct path_setup {
    int64_t delay_us;
    int64_t jitter_us;  /* up to this much more, without reordering packets */
    uint64_t rate;      /* bits per second; 0: unlimited */
    uint32_t queue_max; /* octets that may wait for the link; beyond it packets are lost */
    uint32_t mark_at; /* when this much waits, packets that can be are marked (RFC 3168); 0: none */
    uint32_t loss, reorder, duplicate; /* in a million packets */
    uint16_t mtu;                      /* larger packets do not pass */
};

struct path {
    struct path_setup setup;
    struct dice dice;
    struct instant free_at; /* when the link will have sent all that waits */
    struct instant last_at; /* when the last packet arrives */
};

enum path_fate {
    PATH_CARRIED,
    PATH_LOST,    /* by chance */
    PATH_FULL,    /* the queue was full */
    PATH_TOO_BIG, /* larger than the MTU */
};

struct path_verdict {
    enum path_fate fate;
    size_t copies;        /* 1 or 2, if carried */
    struct instant at[2]; /* arrival times */
    bool is_marked, is_overtaken;
};

/* The path keeps a copy of `dice`. */
void path_init(struct path *path, const struct path_setup *setup, struct dice dice);
struct path_verdict path_carry(struct path *path, struct instant now, size_t len);
