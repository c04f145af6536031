/* SPDX-License-Identifier: BSD-2-Clause */
/* How fast something may be asked for: at once so many times, then one each PACE_EACH_MS. */
#pragma once

#include <stdint.h>

enum { PACE_AT_ONCE = 64, PACE_EACH_MS = 100 };

/* Zero is the beginning. */
struct pace {
    int64_t paid_ms; /* when all that was asked for would have been due, one after another */
};

/* When to say no, if `spent_us` have gone to find it out: a multiple of PACE_GRID_US, so that the time tells little of
 * what was found. How many microseconds are left until then. */
enum { PACE_GRID_US = 10 * 1000 };
int64_t pace_grid(int64_t spent_us);

/* It is asked for once more: for how many milliseconds that must wait. `now_ms` never goes back. */
int64_t pace_take(struct pace *pace, int64_t now_ms);
