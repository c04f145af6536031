/* SPDX-License-Identifier: BSD-2-Clause */
/* The receive window of a channel, RFC 4254 section 5.2, and how it grows: the peer should be allowed to have in flight
 * twice what was delivered within a round trip. A fixed window of 2 MiB would limit a path of 100 ms to 20 MB/s. */
#pragma once

#include "base/err.h"
#include "base/instant.h"

#include <stddef.h>
#include <stdint.h>

enum {
    WINDOW_INITIAL = 2 * 1024 * 1024,
    WINDOW_MAX = 64 * 1024 * 1024, /* octets that the peer may have in flight, in all channels */
};

struct window {
    uint32_t size;        /* octets that the peer should be able to have in flight */
    uint32_t left;        /* what it may still send */
    uint32_t undelivered; /* received, not yet delivered */
    uint32_t uncredited;  /* delivered, not yet given back */
    uint32_t excess;      /* sent beyond the window, and dropped */
    uint64_t round;       /* delivered since round_began */
    struct instant round_began;
};

void window_init(struct window *w, struct instant now);

/* Octets arrived. *accepted false: they exceed the window and must be dropped. ERR_OVER_BUDGET: the excess is more than
 * a tenth of the window. */
NODISCARD enum err window_take(struct window *w, size_t len, bool *accepted);

/* Octets were delivered. Returns what a WINDOW_ADJUST should give back now; 0: too little to be worth a message. The
 * window grows by `growth_max` octets at most. */
uint32_t window_deliver(struct window *w, size_t len, struct instant now, int64_t round_trip_us,
                        uint32_t growth_max);
