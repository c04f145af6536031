/* SPDX-License-Identifier: BSD-2-Clause */
/* The octets in flight as consecutive ranges without gaps, each with the time of its last
 * transmission and its fate. Never more than SENT_RANGES_MAX, whatever a peer does
 * (CVE-2019-11477); without lent memory there is only one. When they run out, neighbours are merged
 * and the record becomes coarser, but never wrong in a dangerous way: the later time is kept, and a
 * SACK that cannot be recorded is forgotten. */
#pragma once

#include "base/instant.h"
#include "tcpip/tcp/seq.h"

enum { SENT_RANGES_MAX = 64 };

struct sent_range {
    struct instant sent_at; /* last time; for octets in quick succession, of the first */
    uint32_t begin, end;
    bool is_sacked;
    bool is_lost;        /* and not sent again yet */
    bool was_sent_again; /* Karn: an ACK of it says nothing about the round trip */
    bool is_coarse;      /* merged: sent_at is that of the latest part */
    uint16_t segment;    /* length of its segments, except the last; 0: of various lengths */
};

struct sent_ranges {
    struct sent_range *lent; /* SENT_RANGES_MAX, or NULL: `own` is in use */
    struct sent_range own;
    uint32_t sacked, lost; /* octets */
    uint8_t first, count;
    bool is_cut;  /* something was sent again: new octets join no earlier range */
    uint16_t mss; /* of what will be appended; 0: segments are not tracked */
};

void sent_ranges_init(struct sent_ranges *s);

/* `storage` has SENT_RANGES_MAX elements and is used until sent_ranges_reset. */
void sent_ranges_lend(struct sent_ranges *s, struct sent_range *storage);
/* Nothing is in flight and nothing is lent; the segment length stays. */
void sent_ranges_reset(struct sent_ranges *s);

/* The range with this number, counting from the earliest octets; borrowed until the next call to
 * another function. */
const struct sent_range *sent_ranges_at(const struct sent_ranges *s, size_t number);

/* New octets, which begin where the last range ends. They join it if it was sent less than
 * `quantum_us` ago and nothing was sent again since; so what is sent again lies entirely before or
 * after any range. */
void sent_ranges_append(struct sent_ranges *s, uint32_t begin, uint32_t end, int64_t quantum_us,
                        struct instant now);

/* Forgets what is before `seq`. */
void sent_ranges_advance(struct sent_ranges *s, uint32_t seq);

/* Makes `part`, which lies within the range with this number, a range of its own; returns its
 * number. SIZE_MAX: no room. */
size_t sent_ranges_isolate(struct sent_ranges *s, size_t number, struct tcp_range part);

/* Reduces `part` to whole segments of the range: only those can be sacked (RFC 2018 section 5). False: there are none.
 * Where segments had various lengths each octet counts. */
bool sent_ranges_whole(const struct sent_range *range, struct tcp_range *part);

/* The fate of a range. */
void sent_ranges_set_sacked(struct sent_ranges *s, size_t number);
void sent_ranges_set_lost(struct sent_ranges *s, size_t number);
void sent_ranges_set_in_flight(struct sent_ranges *s, size_t number);                /* neither */
void sent_ranges_set_sent(struct sent_ranges *s, size_t number, struct instant now); /* again */

/* Joins neighbours that cannot be told apart. */
void sent_ranges_merge(struct sent_ranges *s);
