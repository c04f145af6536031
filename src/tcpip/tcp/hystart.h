/* SPDX-License-Identifier: BSD-2-Clause */
/* HyStart++ (RFC 9406): ends the first slow start before it overflows a queue. When the least round
 * trip of a round is an eighth longer than the previous round's, the window grows a quarter as fast
 * (CSS). If round trips become shorter again, that was a mistake; after five such rounds slow start
 * is over. A round lasts until what was sent at its beginning is acknowledged. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
    HYSTART_MIN_THRESHOLD_US = 4000,
    HYSTART_MAX_THRESHOLD_US = 16000,
    HYSTART_DIVISOR = 8,
    HYSTART_SAMPLES = 8, /* N_RTT_SAMPLE */
    HYSTART_CSS_DIVISOR = 4,
    HYSTART_CSS_ROUNDS = 5,
    HYSTART_SEGMENTS = 8, /* L: an ACK grows the window by at most this */
};

struct hystart {
    uint32_t round_end;
    uint32_t last_min_us, current_min_us; /* UINT32_MAX: none */
    uint32_t baseline_us;                 /* of CSS; 0: not in it */
    uint8_t samples, rounds;
    bool has_round;
};

void hystart_init(struct hystart *h);

/* An ACK up to `begin` (SND.UNA) came while SND.NXT is `end`, with a round-trip sample or 0:
 * returns by how many of `octets` the window grows. *is_over: slow start has ended. */
uint32_t hystart_acked(struct hystart *h, uint32_t octets, uint32_t round_trip_us, uint32_t begin,
                       uint32_t end, bool *is_over);
