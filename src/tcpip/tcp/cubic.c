/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/cubic.h"

/* Bound on the distance from K: at ten minutes the window exceeds any real one, and the cube still fits. */
static const int64_t DISTANCE_MAX_MS = 600 * 1000;

void cubic_init(struct cubic *cubic)
{
    *cubic = (struct cubic){ 0 };
}

/* The largest x with x * x * x <= value. */
static uint32_t cube_root(uint64_t value)
{
    uint64_t root = 0;
    for (int bit = 20; bit >= 0; bit--) {
        uint64_t tried = root | (uint64_t)1 << bit;
        if (tried * tried * tried <= value)
            root = tried;
    }
    return (uint32_t)root;
}

/* ---- epochs ---- */

uint32_t cubic_reduce(struct cubic *cubic, uint32_t window, uint32_t flight, uint16_t mss,
                      bool is_timeout)
{
    /* Fast convergence (section 4.7): a flow that lost below its last maximum leaves room for others. */
    bool is_below = window < cubic->window_max;
    cubic->window_max = is_below ? (uint32_t)((uint64_t)window * 17 / 20) : window;
    cubic->window_prior = window;
    if (is_timeout) /* section 4.8: K = 0 in the first congestion avoidance that follows */
        cubic->window_max = 0;
    cubic->has_epoch = false;
    uint32_t threshold = (uint32_t)((uint64_t)flight * 7 / 10);
    return threshold > 2u * mss ? threshold : 2u * mss;
}

void cubic_undo(struct cubic *cubic, uint32_t window)
{
    cubic->window_max = window;
    cubic->has_epoch = false;
}

/* K = cbrt((W_max - cwnd_epoch) / C), windows in segments. */
static void begin_epoch(struct cubic *cubic, uint32_t window, uint16_t mss, struct instant now)
{
    if (window > cubic->window_max)
        cubic->window_max = window;
    uint64_t below = cubic->window_max - window;
    cubic->origin_ms = cube_root(below * 2500000000u / mss);
    cubic->window_reno = (uint64_t)window << 16;
    cubic->elapsed_us = 0;
    cubic->last_at = now;
    cubic->fraction = 0;
    cubic->has_epoch = true;
}

void cubic_pause(struct cubic *cubic, struct instant now)
{
    cubic->last_at = now;
}

static void advance(struct cubic *cubic, struct instant now)
{
    int64_t passed = now.us - cubic->last_at.us;
    int64_t elapsed = cubic->elapsed_us + (passed > 0 ? passed : 0);
    cubic->elapsed_us = elapsed < UINT32_MAX ? (uint32_t)elapsed : UINT32_MAX;
    cubic->last_at = now;
}

/* ---- windows ---- */

/* W_cubic(t) = C (t - K)^3 + W_max */
static uint32_t window_at(const struct cubic *cubic, uint64_t elapsed_us, uint16_t mss)
{
    int64_t distance = (int64_t)(elapsed_us / 1000) - cubic->origin_ms;
    if (distance > DISTANCE_MAX_MS)
        distance = DISTANCE_MAX_MS;
    int64_t offset = distance * distance * distance / 2500000 * mss / 1000;
    int64_t window = cubic->window_max + offset;
    if (window < 0)
        return 0;
    return window < UINT32_MAX ? (uint32_t)window : UINT32_MAX;
}

/* Section 4.3: W_est grows by alpha segments for each window, alpha = 3 (1 - beta) / (1 + beta)
 * until it is where the loss was, then by one. */
static uint32_t grow_reno(struct cubic *cubic, uint32_t window, uint32_t octets, uint16_t mss)
{
    uint64_t growth = ((uint64_t)octets << 16) / window * mss;
    if (cubic->window_reno >> 16 < cubic->window_prior)
        growth = growth * 9 / 17;
    cubic->window_reno += growth;
    uint64_t estimate = cubic->window_reno >> 16;
    return estimate < UINT32_MAX ? (uint32_t)estimate : UINT32_MAX;
}

/* Sections 4.4 and 4.5: towards the function's value a round trip from now. */
static uint32_t grow_cubic(struct cubic *cubic, uint32_t window, uint32_t octets, uint16_t mss,
                           uint32_t smoothed_us)
{
    uint32_t target = window_at(cubic, (uint64_t)cubic->elapsed_us + smoothed_us, mss);
    uint64_t limit = (uint64_t)window * 3 / 2;
    if (target > limit)
        target = (uint32_t)limit;
    if (target <= window)
        return window;
    uint64_t growth = (uint64_t)(target - window) * octets + cubic->fraction;
    cubic->fraction = (uint32_t)(growth % window);
    return window + (uint32_t)(growth / window);
}

uint32_t cubic_grow(struct cubic *cubic, uint32_t window, uint32_t octets, uint16_t mss,
                    uint32_t smoothed_us, struct instant now)
{
    if (!cubic->has_epoch)
        begin_epoch(cubic, window, mss, now);
    advance(cubic, now);
    if (octets > window) /* more than the window: from an older, larger one */
        octets = window;
    uint32_t reno = grow_reno(cubic, window, octets, mss);
    if (window_at(cubic, cubic->elapsed_us, mss) < reno)
        return reno > window ? reno : window;
    return grow_cubic(cubic, window, octets, mss, smoothed_us);
}
