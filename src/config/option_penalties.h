/* SPDX-License-Identifier: BSD-2-Clause */
/* PerSourcePenalties: how long a source of bad connections is refused. */
#pragma once

#include "base/buf.h"

/* Times are milliseconds. */
struct option_penalties {
    bool is_off;
    int64_t crash, authfail, invaliduser, noauth, grace_exceeded, refuseconnection;
    int64_t max, min;                   /* the sum is capped at max; below min nobody is refused */
    int64_t max_sources4, max_sources6; /* how many are remembered */
    bool overflow_denies, overflow6_denies; /* with too many: refuse all others, or forget some */
    unsigned given;                         /* a bit for each part that was given */
};

/* Takes a part, "authfail:5s" or "yes" or "no"; the first value of each part counts. False: not a part. */
bool option_penalties_take(struct option_penalties *penalties, struct bytes word);

/* Sets the parts that were not given to their defaults. */
void option_penalties_fill(struct option_penalties *penalties);

NODISCARD enum err option_penalties_print(const char *name,
                                          const struct option_penalties *penalties,
                                          struct buf *out);
