/* SPDX-License-Identifier: BSD-2-Clause */
/* How many errors of ICMP we send (RFC 4443 section 2.4(f); for IPv4 likewise, RFC 1812 section 4.3.2.8): a token bucket
 * for each of many groups of peers. There is none for all together, as whoever emptied that one could see in his own
 * answers what others are told (CVE-2020-25705); and how much an error takes from a bucket is not quite regular, so that
 * those who share one cannot count either. */
#pragma once

#include "base/instant.h"
#include "base/rng.h"

enum {
    ICMP_LIMIT_BUCKETS = 1024,
    ICMP_LIMIT_PER_SECOND = 10, /* and so many at once: what the RFC gives for a host */
};

struct icmp_limit {
    int64_t interval_us;                        /* between two errors, at least and on the whole */
    struct instant full_at[ICMP_LIMIT_BUCKETS]; /* when the bucket has all its tokens again */
};

/* At most `per_second` errors a second to each peer, and as many at once; 0: ICMP_LIMIT_PER_SECOND. */
void icmp_limit_init(struct icmp_limit *l, uint32_t per_second);

/* Whether an error may be sent now to the peer with this keyed hash; then it is counted. */
bool icmp_limit_take(struct icmp_limit *l, uint64_t hash, const struct rng *rng,
                     struct instant now);
