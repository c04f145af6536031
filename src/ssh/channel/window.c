/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/channel/window.h"

enum {
    CREDIT_FRACTION = 8, /* give back when this fraction of the window was delivered */
    EXCESS_FRACTION = 10,
    ROUND_TRIP_LEAST_US = 1000, /* below it, scheduling is the limit, not the window */
};

void window_init(struct window *w, struct instant now)
{
    *w = (struct window){ .size = WINDOW_INITIAL, .left = WINDOW_INITIAL, .round_began = now };
}

enum err window_take(struct window *w, size_t len, bool *accepted)
{
    *accepted = len <= w->left;
    if (*accepted) {
        w->left -= (uint32_t)len;
        w->undelivered += (uint32_t)len;
        return OK;
    }
    uint64_t excess = (uint64_t)w->excess + len;
    if (excess > w->size / EXCESS_FRACTION)
        return ERR_OVER_BUDGET;
    w->excess = (uint32_t)excess;
    return OK;
}

/* Returns by how much the window grows. */
static uint32_t grow(struct window *w, struct instant now, int64_t round_trip_us,
                     uint32_t growth_max)
{
    int64_t round_us = round_trip_us > ROUND_TRIP_LEAST_US ? round_trip_us : ROUND_TRIP_LEAST_US;
    if (now.us - w->round_began.us < round_us)
        return 0;
    uint64_t wanted = 2 * w->round;
    w->round = 0;
    w->round_began = now;
    if (wanted <= w->size)
        return 0;
    uint64_t more = wanted - w->size;
    if (more > growth_max)
        more = growth_max;
    w->size += (uint32_t)more;
    return (uint32_t)more;
}

uint32_t window_deliver(struct window *w, size_t len, struct instant now, int64_t round_trip_us,
                        uint32_t growth_max)
{
    if (len > w->undelivered) /* the rest was for an earlier channel with the same number */
        len = w->undelivered;
    w->undelivered -= (uint32_t)len;
    w->uncredited += (uint32_t)len;
    w->round += len;
    if (w->uncredited < w->size / CREDIT_FRACTION)
        return 0;
    uint32_t credit = w->uncredited + grow(w, now, round_trip_us, growth_max);
    w->uncredited = 0;
    w->left += credit;
    return credit;
}
