/* SPDX-License-Identifier: BSD-2-Clause */
/* Upper limits for a process of the nursery (rlimits.def), and the lower ones before the login. */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

/* Octets of private memory at any time: for each of 1,024 channels (LIMITS_CHANNELS) what its peer may have in flight
 * (WINDOW_INITIAL, 2 MiB) and half a MiB of bookkeeping; 64 MiB by which windows grow (WINDOW_MAX), 64 MiB of output
 * (LIMITS_OUTPUT), three times while it grows, and as much again for the rest. A sanitizer's runtime maps more than any
 * bound. */
#ifdef __SANITIZE_ADDRESS__
#define RLIMITS_DATA RLIM_INFINITY
#else
#define RLIMITS_DATA ((rlim_t)3 << 30)
#endif

/* The same before the login: there are no channels, a payload has 256 KiB (LIMITS_PAYLOAD) and 4 MiB wait for the end
 * of a key exchange (LIMITS_HELD); a worker starts with some 4 MiB. */
#define RLIMITS_DATA_EARLY ((rlim_t)64 << 20)

/* Sets the limits of this process, for good. One that `explains` may write to files. ERR_SYSTEM with errno. */
NODISCARD enum err rlimits_set(bool explains);

/* For a process that may change another's limits: the bound before the login, and that after it. Where that is not
 * permitted, the latter applies all the time. */
void rlimits_hold(pid_t worker);
void rlimits_let_go(pid_t worker);
