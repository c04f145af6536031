/* SPDX-License-Identifier: BSD-2-Clause */
/* What we let the peer send: the window never shrinks from the right (SHLD-14), opens in steps
 * that are worth a segment (MUST-39, RFC 9293 section 3.8.6.2.2), and grows with what the owner
 * consumes in a round trip, up to a limit, so that idle connections promise little. All in octets
 * and 32 bits (REC-1); the scale is applied here. */
#pragma once

#include "base/instant.h"
#include "tcpip/tcp/seq.h"

struct receive_window {
    uint32_t edge; /* RCV.NXT + RCV.WND as the peer was told: it may send until there */
    uint32_t size; /* octets promised at most, now */
    uint32_t max;  /* what size may grow to */
    /* Of the measurement: what was consumed since `round_at`, at what RCV.NXT it ends. */
    struct instant round_at;
    uint32_t consumed;
    uint32_t round_end;
    uint32_t round_trip_us; /* of the receiver: how long a window takes; 0: not known */
    uint8_t scale;
    bool has_round;
};

/* The least scale with which `max` octets can be told (RFC 7323 section 2.3). */
uint8_t receive_window_scale(uint32_t max);

/* `next` is RCV.NXT: IRS + 1. `scale` 0 if the peer did not send its own (RFC 7323 section 2.2). */
void receive_window_init(struct receive_window *w, uint32_t next, uint32_t initial, uint32_t max,
                         uint8_t scale);

/* RCV.WND: what may still come. */
uint32_t receive_window_octets(const struct receive_window *w, uint32_t next);

/* Whether a segment of `len` octets of sequence space is acceptable: the table of RFC 9293
 * section 3.10.7.4, and one that begins before the window and ends behind it: its middle is what we wait for. */
bool receive_window_accepts(const struct receive_window *w, uint32_t next, uint32_t seq,
                            uint32_t len);

/* The field for a segment that is sent now; it is a promise. `unread`: octets received and not
 * consumed, of those in order. `room`: what memory allows besides. `is_syn`: it is never scaled. */
uint16_t receive_window_tell(struct receive_window *w, uint32_t next, uint32_t unread,
                             uint32_t room, uint16_t mss, bool is_syn);
/* Whether the peer should be told at once that it may send more. */
bool receive_window_is_worth_telling(const struct receive_window *w, uint32_t next, uint32_t unread,
                                     uint32_t room, uint16_t mss);

/* The owner consumed as much; `round_trip_us` is the sender's estimate if there is one, else 0. */
void receive_window_consumed(struct receive_window *w, uint32_t count, uint32_t next,
                             uint32_t round_trip_us, struct instant now);
/* The limit has changed; it never shrinks what was promised. */
void receive_window_set_max(struct receive_window *w, uint32_t max);
