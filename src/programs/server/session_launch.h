/* SPDX-License-Identifier: BSD-2-Clause */
/* Starts the process of a user's sessions, which is that user and a program of its own: nothing of the
 * memory of whoever starts it is there. */
#pragma once

#include "base/err.h"

#include <sys/types.h>

struct session_host;

/* The worker's descriptor stays the caller's, too. ERR_SYSTEM with errno. The caller reaps the process. */
NODISCARD enum err session_launch_process(const struct session_host *host, int worker_fd,
                                          pid_t *id);
