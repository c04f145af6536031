/* SPDX-License-Identifier: BSD-2-Clause */
/* Which steps of a story become rows: what every telling of it has in common. A segment is one row, or two if it meets
 * one of the other direction on the way; of a dense story only the beginning, the end and what is special are rows,
 * and the rest is counted. */
#pragma once

#include "lab/story.h"

enum plan_kind {
    PLAN_WHOLE,   /* a segment that leaves, and what becomes of it */
    PLAN_LEAVES,  /* … its departure alone */
    PLAN_COMES,   /* … its arrival alone, or that of a second copy */
    PLAN_STEP,    /* a step that is no segment */
    PLAN_SKIPPED, /* .skipped */
};

struct plan_row {
    enum plan_kind kind;
    const struct story_step *step;
    const struct story_segment *segment; /* WHOLE, LEAVES, COMES */
    struct instant at;
    enum flow_state
        states[STORY_ENDS]; /* at that time: of who sent after sending, of who got after getting */
    /* SKIPPED: what is not told in full. */
    size_t data_segments, acks, lost, again;
    uint64_t octets;
};

struct plan {
    const struct story *story;
    size_t next;             /* step */
    size_t again;            /* what had left before and was told all the same, of a dense story */
    bool is_told;            /* the next step, as was decided already */
    size_t congestion_steps; /* of congestions (ECN), three each, that were told of a dense story */
};

struct plan plan_of(const struct story *story);
/* False: that was all. */
bool plan_next(struct plan *plan, struct plan_row *row);
