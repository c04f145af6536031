/* SPDX-License-Identifier: BSD-2-Clause */
/* Loss detection by time (RACK, RFC 8985 section 6): once something has arrived, whatever was sent
 * earlier is lost if it does not arrive within a quarter of the least round trip, or, unless the
 * path is seen to reorder, at once in recovery or after three segments. The owner's clock may be
 * coarse: what was sent at the same time counts as sent in order of sequence numbers, and a tick is
 * added to the wait. */
#pragma once

#include "tcpip/tcp/sent_ranges.h"

enum {
    RACK_TICK_US = 1000, /* of the owner's timers and timestamps */
    RACK_PERSIST = 16,   /* recoveries for which a longer wait is kept */
};

/* What is learned about the path: section 6.2 step 4. */
struct rack_window {
    uint32_t round_end; /* RACK.dsack_round */
    bool has_round;
    bool is_reordering; /* RACK.reordering_seen */
    uint8_t quarters;   /* RACK.reo_wnd_mult */
    uint8_t persist;    /* RACK.reo_wnd_persist */
};

struct rack {
    struct instant sent_at; /* RACK.xmit_ts: of the latest transmission that has arrived */
    uint32_t end;           /* RACK.end_seq */
    uint32_t round_trip_us; /* RACK.rtt */
    uint32_t forward;       /* RACK.fack: end of the highest octets that have arrived */
    struct instant wait_at; /* when to look again, or INSTANT_NEVER */
    bool has_arrival;       /* else the first three mean nothing */
    bool was_sent_again;    /* that segment */
};

void rack_window_init(struct rack_window *w);
/* A duplicate of something sent again was reported. `begin` and `end`: SND.UNA and SND.NXT. */
void rack_window_duplicate(struct rack_window *w, uint32_t begin, uint32_t end);
/* A recovery has ended. */
void rack_window_recovered(struct rack_window *w);
/* The wait in microseconds. `is_impatient`: in recovery, or three segments have arrived. */
uint32_t rack_window_us(const struct rack_window *w, uint32_t min_us, uint32_t smoothed_us,
                        bool is_impatient);

/* Nothing sent from `begin` on has arrived. */
void rack_init(struct rack *rack, uint32_t begin);

/* What was learned from arrivals may be wrong. */
void rack_forget(struct rack *rack);

/* `range` has arrived: steps 2 and 3. `min_us`: the least round trip. `echo_at`: the latest time at
 * which the segment that the ACK echoes was sent, or INSTANT_NEVER if unknown. */
void rack_arrived(struct rack *rack, struct rack_window *w, const struct sent_range *range,
                  uint32_t min_us, struct instant echo_at, struct instant now);

/* Marks what is lost and sets wait_at: step 5. Returns how many octets. */
uint32_t rack_detect(struct rack *rack, struct sent_ranges *ranges, uint32_t window_us,
                     struct instant now);
