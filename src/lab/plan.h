/* SPDX-License-Identifier: BSD-2-Clause */
/* Which steps of a story become rows: what all renderings of it share. A segment is one row, or two if it crosses one
 * of the other direction; of a dense story only the beginning, the end and special steps are rows, and the rest is
 * counted. */
#pragma once

#include "lab/story.h"

enum plan_kind {
    PLAN_WHOLE,   /* a segment: its departure and what became of it */
    PLAN_LEAVES,  /* … only its departure */
    PLAN_COMES,   /* … only its arrival, or that of a second copy */
    PLAN_STEP,    /* a step that is not a segment */
    PLAN_SKIPPED, /* .skipped */
};

struct plan_row {
    enum plan_kind kind;
    const struct story_step *step;
    const struct story_segment *segment; /* WHOLE, LEAVES, COMES */
    struct instant at;
    /* At that time: the sender's after sending, the receiver's after receiving. */
    enum flow_state states[STORY_ENDS];
    /* SKIPPED: totals of what is left out. */
    size_t data_segments, acks, lost, again;
    uint64_t octets;
};

struct plan {
    const struct story *story;
    size_t next;             /* step */
    size_t again;            /* retransmissions already shown, in a dense story */
    bool is_told;            /* it was already decided to show the next step */
    size_t congestion_steps; /* of congestions (ECN), three each, already shown of a dense story */
};

struct plan plan_of(const struct story *story);
/* False: no more rows. */
bool plan_next(struct plan *plan, struct plan_row *row);
