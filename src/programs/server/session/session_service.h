/* SPDX-License-Identifier: BSD-2-Clause */
/* The session's process, which is the logged-in user's: does what the worker asks for the user's sessions,
 * and gives it the descriptors of their programs. */
#pragma once

struct session_host;

/* Until the worker is gone, which hangs up every program; gives the exit status of the process. */
int session_service_run(const struct session_host *host, int worker_fd);
