/* SPDX-License-Identifier: BSD-2-Clause */
/* The round trip and the retransmission timeout that follows from it (RFC 6298, MUST-18). The
 * caller follows Karn's rule: no samples of what was sent more than once, unless timestamps show
 * which copy it was (RFC 7323 section 4). The timeout is the smoothed round trip plus the larger of
 * four variations and 200 ms: the second of section 2.4 is a SHOULD, and hosts have used this floor
 * for twenty years. */
#pragma once

#include "base/instant.h"

enum {
    RTO_INITIAL_US = 1000 * 1000,        /* section 2.1 */
    RTO_AFTER_LOST_SYN_US = 3000 * 1000, /* section 5.7 */
    RTO_FLOOR_US = 200 * 1000,           /* of what is added to the smoothed round trip */
    RTO_MAX_US = 120 * 1000 * 1000,      /* section 2.5 requires at least 60 s */
    RTO_MIN_WINDOW_MS = 300 * 1000,      /* how long the least round trip is remembered */
};

struct rto {
    uint32_t smoothed_us;  /* SRTT; 0: no sample yet */
    uint32_t variation_us; /* RTTVAR */
    uint32_t base_us;      /* the timeout before it is backed off */
    uint32_t min_us;       /* the least recent round trip; UINT32_MAX: no sample yet */
    struct instant min_at;
    uint8_t back_offs; /* timeouts since the last sample */
};

void rto_init(struct rto *rto);

/* A measured round trip, one of `expected` (at least 1) per flight: the more there are, the less
 * each weighs (RFC 7323 appendix G). Ends the back-off. */
void rto_sample(struct rto *rto, uint32_t round_trip_us, uint32_t expected, struct instant now);

/* The timer has run out: the next timeout is twice as long (section 5.5). */
void rto_back_off(struct rto *rto);

/* An ACK of new data without a sample: the timeout stays backed off (Karn), but at most eightfold, or a lossy transfer
 * would come to wait for minutes while its data arrives. */
void rto_ease(struct rto *rto);

/* A timeout was needless: back-off ends. */
void rto_forgive(struct rto *rto);

/* The handshake is over and its SYN was sent more than once (section 5.7). */
void rto_syn_was_lost(struct rto *rto);

/* The timeout, backed off, at most RTO_MAX_US. */
uint32_t rto_us(const struct rto *rto);
