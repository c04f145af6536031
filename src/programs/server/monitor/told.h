/* SPDX-License-Identifier: BSD-2-Clause */
/* Events that the worker wants logged. It may have been taken over: only events that the table allows a worker are
 * written, the monitor decides whom they are about, and those over the limit are only counted. */
#pragma once

#include "ipc/record.h"

enum { TOLD_PER_SECOND = 20 };

/* Zero is the initial state. */
struct told {
    int64_t since_ms;
    unsigned count;  /* since then */
    uint64_t unsaid; /* how many were dropped */
};

/* Writes the event of a LOG record. ERR_BAD_VALUE: a worker may not send it. */
NODISCARD enum err told_take(struct told *told, const struct record *record, int64_t now_ms);

/* At the end: logs how many were dropped. */
void told_finish(struct told *told);
