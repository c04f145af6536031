/* SPDX-License-Identifier: BSD-2-Clause */
/* How fast something may be asked for: PACE_AT_ONCE times at once, then once per PACE_EACH_MS. */
#pragma once

#include <stdint.h>

enum { PACE_AT_ONCE = 64, PACE_EACH_MS = 100 };

/* Zero is the initial state. */
struct pace {
    int64_t paid_ms; /* when everything asked for so far would have been due, one after another */
};

/* When to refuse, if `spent_us` were spent on finding out: at a multiple of PACE_GRID_US, so that the time shows little
 * of what was found. Returns the microseconds left until then. */
enum { PACE_GRID_US = 10 * 1000 };
int64_t pace_grid(int64_t spent_us);

/* Notes another request and returns the milliseconds that it must wait. `now_ms` never goes back. */
int64_t pace_take(struct pace *pace, int64_t now_ms);
