/* SPDX-License-Identifier: BSD-2-Clause */
/* Waits for one descriptor, up to a deadline. */
#pragma once

#include "base/err.h"

#include <stdint.h>

/* Waits until `fd` can be read or is at its end; signals do not interrupt it. ERR_TIMEOUT: not by `until_ms` (as of
 * clock_now_ms; INT64_MAX: no deadline); ERR_DISCONNECTED: `watch_fd` (or -1) hung up first; ERR_SYSTEM with errno. */
NODISCARD enum err await_readable(int fd, int watch_fd, int64_t until_ms);
