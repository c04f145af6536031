/* SPDX-License-Identifier: BSD-2-Clause */
/* Sources that are refused for a while for what connections from them did: sshd_config's PerSourcePenalties. What
 * a source did adds up, to a maximum, and counts from a minimum on. The addresses of a block share a penalty. */
#pragma once

#include "admission/source.h"
#include "base/instant.h"

enum penalties_class {
#define PENALTY(name, words) PENALTIES_##name,
#include "admission/penalties.def"
#undef PENALTY
    PENALTIES_CLASS_COUNT
};

/* When there are as many sources as are kept: forget the one whose penalty would end first, or refuse the whole
 * family of addresses until there is room again. */
enum penalties_overflow { PENALTIES_PERMISSIVE, PENALTIES_DENY_ALL };

struct penalties_rules {
    bool are_enabled;
    int64_t ms[PENALTIES_CLASS_COUNT];
    int64_t max_ms, min_ms;
    size_t max_sources4, max_sources6;
    enum penalties_overflow overflow4, overflow6;
    unsigned v4_bits, v6_bits; /* of a block */
};

struct penalties;

/* The seed should be random: see source_hash. */
struct penalties *penalties_new(const struct penalties_rules *rules, uint64_t seed);
void penalties_free(struct penalties *p); /* NULL is fine */

/* Adds to what the source has. False: it changed nothing (no penalties, no address, no room). */
bool penalties_add(struct penalties *p, const struct source *source, enum penalties_class class,
                   struct instant now);

/* Whether a newcomer from there is refused; *reason says why, for the log. */
bool penalties_refuses(struct penalties *p, const struct source *source, struct instant now,
                       const char **reason);

/* What is kept of a source: for somebody who goes on with it. */
struct penalties_entry {
    struct source block;
    struct instant until;
    bool is_active; /* it counts */
    enum penalties_class last;
};

/* The entries have places from 0 on, in no order, until something changes. False: there is none. */
bool penalties_at(const struct penalties *p, size_t place, struct penalties_entry *entry);

/* Takes it over, under these rules: of two for a source the longer one holds, and what finds no room is
 * forgotten. */
void penalties_restore(struct penalties *p, const struct penalties_entry *entry,
                       struct instant now);

/* What it is for, as the log has it: "penalty: caused crash". */
const char *penalties_reason(enum penalties_class class);
