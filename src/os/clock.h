/* SPDX-License-Identifier: BSD-2-Clause */
/* The clock that never goes back (CLOCK_MONOTONIC): all processes of a machine read the same one. */
#pragma once

#include "base/instant.h"

struct instant clock_now(void);

/* The same in milliseconds. */
int64_t clock_now_ms(void);
