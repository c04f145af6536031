/* SPDX-License-Identifier: BSD-2-Clause */
/* A point of monotonic time in microseconds since an arbitrary start. Machines never read a clock:
 * their owner passes them the time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct instant {
    int64_t us;
};

/* Later than every other instant: "no deadline". */
#define INSTANT_NEVER ((struct instant){ INT64_MAX })

static inline struct instant instant_after(struct instant t, int64_t ms)
{
    return (struct instant){ t.us + ms * 1000 };
}

static inline bool instant_reached(struct instant now, struct instant deadline)
{
    return now.us >= deadline.us;
}

static inline struct instant instant_earlier(struct instant a, struct instant b)
{
    return a.us < b.us ? a : b;
}
