/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts the connections from each block of sources. */
#pragma once

#include "admission/source.h"

struct crowd_setup {
    size_t size;               /* the most connections that may be in it at once */
    unsigned v4_bits, v6_bits; /* of a block */
    uint64_t seed;             /* random: see source_hash */
};

struct crowd;

struct crowd *crowd_new(const struct crowd_setup *setup);
void crowd_free(struct crowd *c); /* NULL is fine */

/* Each entry must be paired with a leave. */
void crowd_enter(struct crowd *c, const struct source *source);
void crowd_leave(struct crowd *c, const struct source *source);

/* The count for the source's block. */
size_t crowd_count(const struct crowd *c, const struct source *source);
