/* SPDX-License-Identifier: BSD-2-Clause */
/* What the worker says for the log. It may have been taken over: only the table's events of the worker are written,
 * whom they are about is the monitor's to say, and what is too much is counted instead. */
#pragma once

#include "ipc/record.h"

enum { TOLD_PER_SECOND = 20 };

/* Zero is the beginning. */
struct told {
    int64_t since_ms;
    unsigned count;  /* since then */
    uint64_t unsaid; /* that were too many */
};

/* Writes the event of a LOG record. ERR_BAD_VALUE: it is none of the worker's. */
NODISCARD enum err told_take(struct told *told, const struct record *record, int64_t now_ms);

/* At the end: writes what is still to be said. */
void told_finish(struct told *told);
