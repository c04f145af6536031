/* SPDX-License-Identifier: BSD-2-Clause */
/* Starts the process of a user's sessions, which is that user and a program of its own: nothing of the
 * memory of whoever starts it is there. */
#pragma once

#include "os/process.h"

struct pam_link;
struct session_host;

struct session_launched {
    struct process process; /* without a number it is another process's child */
    int records_fd;         /* what it says comes here (line_report.h) */
};

/* The worker's descriptor stays the caller's, too. ERR_SYSTEM with errno. The caller reaps the process and closes
 * the descriptors. With `pam` PAM's process starts it. */
NODISCARD enum err session_launch_process(const struct session_host *host, struct pam_link *pam,
                                          int worker_fd, struct session_launched *launched);
