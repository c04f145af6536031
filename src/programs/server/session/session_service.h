/* SPDX-License-Identifier: BSD-2-Clause */
/* The session's process, which runs as the logged-in user: does what the worker asks for the user's sessions, and gives
 * it the descriptors of their programs. */
#pragma once

struct session_host;

/* Runs until the worker is gone, and then hangs up every program; returns the exit status. */
int session_service_run(const struct session_host *host, int worker_fd);
