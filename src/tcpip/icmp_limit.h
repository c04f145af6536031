/* SPDX-License-Identifier: BSD-2-Clause */
/* Rate limit for the ICMP errors that we send (RFC 4443 section 2.4(f); for IPv4 likewise, RFC 1812 section 4.3.2.8): a
 * token bucket for each of many groups of peers. There is no global bucket: whoever drained it could learn from its own
 * answers what others are sent (CVE-2020-25705). The cost of an error varies a little at random, so peers that share a
 * bucket cannot count each other's either. */
#pragma once

#include "base/instant.h"
#include "base/rng.h"

enum {
    ICMP_LIMIT_BUCKETS = 1024,
    ICMP_LIMIT_PER_SECOND = 10, /* and the size of a burst: the RFC's value for a host */
};

struct icmp_limit {
    int64_t interval_us;                        /* least average time between errors */
    struct instant full_at[ICMP_LIMIT_BUCKETS]; /* when the bucket has all its tokens again */
};

/* At most `per_second` errors a second to each peer, and as many at once; 0: ICMP_LIMIT_PER_SECOND. */
void icmp_limit_init(struct icmp_limit *l, uint32_t per_second);

/* Whether an error may be sent now to the peer with this keyed hash; then it is counted. */
bool icmp_limit_take(struct icmp_limit *l, uint64_t hash, const struct rng *rng,
                     struct instant now);
