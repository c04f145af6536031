/* SPDX-License-Identifier: BSD-2-Clause */
/* PerSourcePenalties: how long a source of bad connections is refused. */
#pragma once

#include "base/buf.h"

/* Times are milliseconds. */
struct option_penalties {
    bool is_off;
    int64_t crash, authfail, invaliduser, noauth, grace_exceeded, refuseconnection;
    int64_t max, min;                   /* what adds up is cut there; below it nobody is refused */
    int64_t max_sources4, max_sources6; /* how many are remembered */
    bool overflow_denies, overflow6_denies; /* with too many: refuse all others, or forget some */
    unsigned given;                         /* by part */
};

/* Takes a part, "authfail:5s" or "yes" or "no"; of a part the first counts. False: it is none. */
bool option_penalties_take(struct option_penalties *penalties, struct bytes word);

/* Gives what was not given its default. */
void option_penalties_fill(struct option_penalties *penalties);

NODISCARD enum err option_penalties_print(const char *name,
                                          const struct option_penalties *penalties,
                                          struct buf *out);
