/* SPDX-License-Identifier: BSD-2-Clause */
/* Serves one connection: the process that reads what the peer sends, before and after the login. It joins the socket to
 * the SSH machine, passes questions to the monitor and programs to the session, and decides nothing itself. It is made
 * before it is locked in, and gets its connection after that. */
#pragma once

#include "programs/server/worker/start.h"

struct trace;
struct worker;

/* Opens what a locked-in process can no longer open. SIGTERM, SIGINT, SIGQUIT and SIGHUP must be blocked: they end a
 * connection in good order. */
struct worker *worker_new(void);

/* Serves the connection until it ends, and frees the worker with all its descriptors; returns the exit status of the
 * process. `trace` may be NULL. */
int worker_run(struct worker *worker, const struct start *start,
               const int descriptors[START_DESCRIPTOR_COUNT], const struct trace *trace);
