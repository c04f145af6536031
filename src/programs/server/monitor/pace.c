/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/pace.h"

int64_t pace_take(struct pace *pace, int64_t now_ms)
{
    if (pace->paid_ms < now_ms)
        pace->paid_ms = now_ms;
    pace->paid_ms += PACE_EACH_MS;
    int64_t ahead_ms = pace->paid_ms - now_ms - (int64_t)PACE_AT_ONCE * PACE_EACH_MS;
    return ahead_ms > 0 ? ahead_ms : 0;
}

int64_t pace_grid(int64_t spent_us)
{
    return PACE_GRID_US - spent_us % PACE_GRID_US;
}
