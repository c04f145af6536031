/* SPDX-License-Identifier: BSD-2-Clause */
/* Waiting for one descriptor, with an end. */
#pragma once

#include "base/err.h"

#include <stdint.h>

/* Waits until `fd` can be read or is at its end, whatever signals come meanwhile. ERR_TIMEOUT: not until then
 * (clock_now_ms; INT64_MAX: never); ERR_DISCONNECTED: `watch_fd` (-1: none) was hung up before; ERR_SYSTEM with errno. */
NODISCARD enum err await_readable(int fd, int watch_fd, int64_t until_ms);
