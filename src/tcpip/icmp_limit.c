/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/icmp_limit.h"

#include <string.h>

enum { SECOND_US = 1000 * 1000 };

void icmp_limit_init(struct icmp_limit *l, uint32_t per_second)
{
    memset(l, 0, sizeof(*l));
    l->interval_us = SECOND_US / (per_second > 0 ? per_second : ICMP_LIMIT_PER_SECOND);
}

bool icmp_limit_take(struct icmp_limit *l, uint64_t hash, const struct rng *rng, struct instant now)
{
    struct instant *full_at = &l->full_at[hash % ICMP_LIMIT_BUCKETS];
    if (instant_reached(now, *full_at))
        *full_at = now;
    if (full_at->us - now.us > SECOND_US - l->interval_us)
        return false;
    uint8_t jitter = 0;
    rng_fill(rng, &jitter, sizeof(jitter));
    full_at->us += l->interval_us + l->interval_us * jitter / (2 * UINT8_MAX);
    return true;
}
