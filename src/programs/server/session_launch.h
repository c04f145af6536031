/* SPDX-License-Identifier: BSD-2-Clause */
/* Starts the process of a user's sessions, which runs as that user and is a program of its own: it has nothing of the
 * memory of the process that starts it. */
#pragma once

#include "os/process.h"

struct pam_link;
struct session_host;

struct session_launched {
    struct process process; /* with an id of 0 it is another process's child */
    int records_fd;         /* what it reports comes here (line_report.h) */
};

/* The worker's descriptor stays the caller's. ERR_SYSTEM with errno. The caller reaps the process and closes the
 * descriptors. With `pam` PAM's process starts it. */
NODISCARD enum err session_launch_process(const struct session_host *host, struct pam_link *pam,
                                          int worker_fd, struct session_launched *launched);
