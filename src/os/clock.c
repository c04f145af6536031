/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/clock.h"

#include "base/check.h"

#include <time.h>

struct instant clock_now(void)
{
    struct timespec now;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (struct instant){ now.tv_sec * (int64_t)1000000 + now.tv_nsec / 1000 };
}

int64_t clock_now_ms(void)
{
    return clock_now().us / 1000;
}
