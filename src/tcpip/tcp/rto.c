/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/rto.h"

enum { EASED_BACK_OFFS = 3 };

/* A longer sample is a clock error or an attack on the timeout; four times it fits into 32 bits. */
static const uint32_t SAMPLE_MAX_US = RTO_MAX_US;

void rto_init(struct rto *rto)
{
    *rto = (struct rto){ .base_us = RTO_INITIAL_US, .min_us = UINT32_MAX };
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static void note_min(struct rto *rto, uint32_t round_trip_us, struct instant now)
{
    bool is_old = instant_reached(now, instant_after(rto->min_at, RTO_MIN_WINDOW_MS));
    if (round_trip_us > rto->min_us && !is_old)
        return;
    rto->min_us = round_trip_us;
    rto->min_at = now;
}

/* value + (sample - value) / divisor, rounded to the sample. */
static uint32_t approach(uint32_t value, uint32_t sample, uint64_t divisor)
{
    if (sample >= value)
        return value + (uint32_t)((sample - value + divisor - 1) / divisor);
    return value - (uint32_t)((value - sample + divisor - 1) / divisor);
}

void rto_sample(struct rto *rto, uint32_t round_trip_us, uint32_t expected, struct instant now)
{
    uint32_t sample = smaller(larger(round_trip_us, 1), SAMPLE_MAX_US);
    note_min(rto, sample, now);
    if (rto->smoothed_us == 0) { /* RFC 6298 section 2.2 */
        rto->smoothed_us = sample;
        rto->variation_us = sample / 2;
    } else { /* section 2.3: beta 1/4 and alpha 1/8 */
        uint32_t deviation = larger(sample, rto->smoothed_us) - smaller(sample, rto->smoothed_us);
        uint64_t weight = larger(expected, 1);
        rto->variation_us = approach(rto->variation_us, deviation, 4 * weight);
        rto->smoothed_us = approach(rto->smoothed_us, sample, 8 * weight);
    }
    uint32_t margin = larger(4 * rto->variation_us, RTO_FLOOR_US);
    rto->base_us = smaller(rto->smoothed_us + margin, RTO_MAX_US);
    rto->back_offs = 0;
}

void rto_back_off(struct rto *rto)
{
    if (rto->back_offs < UINT8_MAX)
        rto->back_offs++;
}

void rto_ease(struct rto *rto)
{
    if (rto->back_offs > EASED_BACK_OFFS)
        rto->back_offs = EASED_BACK_OFFS;
}

void rto_forgive(struct rto *rto)
{
    rto->back_offs = 0;
}

void rto_syn_was_lost(struct rto *rto)
{
    if (rto->smoothed_us == 0)
        rto->base_us = RTO_AFTER_LOST_SYN_US;
    rto->back_offs = 0;
}

uint32_t rto_us(const struct rto *rto)
{
    uint32_t doublings = smaller(rto->back_offs, 10);
    uint64_t backed_off = (uint64_t)rto->base_us << doublings;
    return backed_off < RTO_MAX_US ? (uint32_t)backed_off : RTO_MAX_US;
}
