/* SPDX-License-Identifier: BSD-2-Clause */
/* The octets in flight as ranges that follow each other without a gap, each with the time of its
 * last transmission and its fate. Never more than SENT_RANGES_MAX, whatever a peer does
 * (CVE-2019-11477); without lent memory there is one. When they run out neighbours are merged, and
 * what is known becomes coarser, but never wrong in a dangerous way: a time is taken for the later
 * one, and a SACK that cannot be noted is forgotten. */
#pragma once

#include "base/instant.h"
#include "tcpip/tcp/seq.h"

enum { SENT_RANGES_MAX = 64 };

struct sent_range {
    struct instant sent_at; /* last; of octets sent in quick succession that of the first */
    uint32_t begin, end;
    bool is_sacked;
    bool is_lost;        /* and not sent again yet */
    bool was_sent_again; /* Karn: an ACK of it says nothing about the round trip */
    bool is_coarse;      /* merged: sent_at is that of the latest part */
    uint16_t segment; /* octets of its segments, but for the last; 0: they were of many lengths */
};

struct sent_ranges {
    struct sent_range *lent; /* SENT_RANGES_MAX, or NULL: `own` is in use */
    struct sent_range own;
    uint32_t sacked, lost; /* octets */
    uint8_t first, count;
    bool is_cut;  /* something was sent again: what is new joins no range from before */
    uint16_t mss; /* of what will be appended; 0: segments have no lengths */
};

void sent_ranges_init(struct sent_ranges *s);

/* `storage` has SENT_RANGES_MAX and is used from now on; sent_ranges_reset ends that. */
void sent_ranges_lend(struct sent_ranges *s, struct sent_range *storage);
/* Nothing is in flight, nothing lent; the length of segments stays. */
void sent_ranges_reset(struct sent_ranges *s);

/* The range of this number, from the earliest octets on; borrowed until the next call that is not
 * this. */
const struct sent_range *sent_ranges_at(const struct sent_ranges *s, size_t number);

/* New octets, which begin where the last range ends. If that was sent less than `quantum_us` ago,
 * and nothing was sent again since, they join it: so what was sent again lies before or after all
 * of a range. */
void sent_ranges_append(struct sent_ranges *s, uint32_t begin, uint32_t end, int64_t quantum_us,
                        struct instant now);

/* What is before `seq` is forgotten. */
void sent_ranges_advance(struct sent_ranges *s, uint32_t seq);

/* Makes `part`, which lies within the range of this number, a range of its own, whose number is
 * returned. SIZE_MAX: there is no room for that. */
size_t sent_ranges_isolate(struct sent_ranges *s, size_t number, struct tcp_range part);

/* Of `part` what is of whole segments of the range, which alone can be sacked (RFC 2018 section 5); false: nothing is.
 * Where segments were of many lengths each octet counts. */
bool sent_ranges_whole(const struct sent_range *range, struct tcp_range *part);

/* The fate of a range. */
void sent_ranges_set_sacked(struct sent_ranges *s, size_t number);
void sent_ranges_set_lost(struct sent_ranges *s, size_t number);
void sent_ranges_set_in_flight(struct sent_ranges *s, size_t number);                /* neither */
void sent_ranges_set_sent(struct sent_ranges *s, size_t number, struct instant now); /* again */

/* Neighbours that cannot be told apart become one. */
void sent_ranges_merge(struct sent_ranges *s);
