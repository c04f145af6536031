/* SPDX-License-Identifier: BSD-2-Clause */
/* The receive window of a channel, RFC 4254 section 5.2, and how it grows: what was delivered within a
 * round trip, doubled, is what the peer should be allowed to have in flight. A fixed window of 2 MiB
 * would limit a path of 100 ms to 20 MB/s. */
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
    uint32_t size;        /* what we mean to let the peer have in flight, in octets */
    uint32_t left;        /* what it may still send */
    uint32_t undelivered; /* received, not yet delivered */
    uint32_t uncredited;  /* delivered, not yet given back */
    uint32_t excess;      /* sent beyond the window, and dropped */
    uint64_t round;       /* delivered since round_began */
    struct instant round_began;
};

void window_init(struct window *w, struct instant now);

/* Octets arrived. *accepted false: they are over the window and must be dropped. ERR_OVER_BUDGET when
 * the peer does that for more than a tenth of the window. */
NODISCARD enum err window_take(struct window *w, size_t len, bool *accepted);

/* Octets reached their destination. Returns what the peer should be given back now by a
 * WINDOW_ADJUST, 0 when it is too little to be worth a message. The window grows by `growth_max` octets
 * at most. */
uint32_t window_deliver(struct window *w, size_t len, struct instant now, int64_t round_trip_us,
                        uint32_t growth_max);
