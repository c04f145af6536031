/* SPDX-License-Identifier: BSD-2-Clause */
/* Sources that are refused for a while because of what connections from them did: PerSourcePenalties of sshd_config.
 * A source's penalties add up, to a maximum, and take effect from a minimum on. The addresses of a block share one. */
#pragma once

#include "admission/source.h"
#include "base/instant.h"

enum penalties_class {
#define PENALTY(name, words) PENALTIES_##name,
#include "admission/penalties.def"
#undef PENALTY
    PENALTIES_CLASS_COUNT
};

/* When the table of sources is full: forget the one whose penalty would end first, or refuse the whole address family
 * until there is room again. */
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

/* Adds to the source's penalty. False: nothing changed (penalties are off, no address, no room). */
bool penalties_add(struct penalties *p, const struct source *source, enum penalties_class class,
                   struct instant now);

/* Whether a newcomer from the source is refused; *reason is why, for the log. */
bool penalties_refuses(struct penalties *p, const struct source *source, struct instant now,
                       const char **reason);

/* What is kept of a source, in a form that a successor can restore. */
struct penalties_entry {
    struct source block;
    struct instant until;
    bool is_active; /* it is in effect */
    enum penalties_class last;
};

/* The entries have places from 0 on, in no order, valid until something changes. False: no such place. */
bool penalties_at(const struct penalties *p, size_t place, struct penalties_entry *entry);

/* Takes an entry over, under the current rules: if the source already has one the longer applies, and an entry
 * that finds no room is forgotten. */
void penalties_restore(struct penalties *p, const struct penalties_entry *entry,
                       struct instant now);

/* The reason as it appears in the log: "penalty: caused crash". */
const char *penalties_reason(enum penalties_class class);
