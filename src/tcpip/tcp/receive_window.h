/* SPDX-License-Identifier: BSD-2-Clause */
/* What we let the peer send: the window's right edge never moves back (SHLD-14); it opens in steps
 * worth a segment (MUST-39, RFC 9293 section 3.8.6.2.2), and grows with what the owner consumes per
 * round trip, up to a limit, so that idle connections promise little. All in octets and 32 bits
 * (REC-1); the scale is applied here. */
#pragma once

#include "base/instant.h"
#include "tcpip/tcp/seq.h"

struct receive_window {
    uint32_t edge; /* RCV.NXT + RCV.WND as announced: the peer may send up to here */
    uint32_t size; /* the most octets to promise, for now */
    uint32_t max;  /* limit of size */
    /* The measurement: what was consumed since `round_at`, and the RCV.NXT at which the round ends. */
    struct instant round_at;
    uint32_t consumed;
    uint32_t round_end;
    uint32_t round_trip_us; /* as the receiver sees it: how long a window takes; 0: unknown */
    uint8_t scale;
    bool has_round;
};

/* The least scale that can announce `max` octets (RFC 7323 section 2.3). */
uint8_t receive_window_scale(uint32_t max);

/* `next` is RCV.NXT: IRS + 1. `scale` is 0 if the peer did not send its own (RFC 7323 section 2.2). */
void receive_window_init(struct receive_window *w, uint32_t next, uint32_t initial, uint32_t max,
                         uint8_t scale);

/* RCV.WND: what may still come. */
uint32_t receive_window_octets(const struct receive_window *w, uint32_t next);

/* Whether a segment of `len` octets of sequence space is acceptable: by the table of RFC 9293 section 3.10.7.4, or
 * because it begins before the window and ends after it, so that its middle is what we wait for. */
bool receive_window_accepts(const struct receive_window *w, uint32_t next, uint32_t seq,
                            uint32_t len);

/* The window field for a segment sent now, which promises that much. `unread`: octets received in
 * order and not consumed. `room`: what memory allows besides. `is_syn`: the field is not scaled. */
uint16_t receive_window_tell(struct receive_window *w, uint32_t next, uint32_t unread,
                             uint32_t room, uint16_t mss, bool is_syn);
/* Whether the peer should be told now that it may send more. */
bool receive_window_is_worth_telling(const struct receive_window *w, uint32_t next, uint32_t unread,
                                     uint32_t room, uint16_t mss);

/* The owner consumed `count` octets; `round_trip_us` is the sender's estimate, or 0. */
void receive_window_consumed(struct receive_window *w, uint32_t count, uint32_t next,
                             uint32_t round_trip_us, struct instant now);
/* Changes the limit; what was promised does not shrink. */
void receive_window_set_max(struct receive_window *w, uint32_t max);
