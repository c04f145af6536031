/* SPDX-License-Identifier: BSD-2-Clause */
/* Serves one connection: the process that reads what the peer sends, before and after the login. It
 * joins the socket to the SSH machine, passes questions to the monitor and programs to the session, and
 * decides nothing itself. */
#pragma once

#include "os/endpoint.h"
#include "programs/server/common/account.h"
#include "ssh/transport/algorithms.h"

struct monitor;
struct server_options;
struct trace;

/* All of it outlives the worker. */
struct worker_setup {
    int in_fd, out_fd; /* of the peer; may be the same one */
    int waiting_fd;    /* closed at the login; or -1 */
    struct endpoint peer, local;
    const struct server_options *options;
    struct algorithms_offer offer;
    struct bytes host_keys; /* blobs as SSH strings, the best first */
    struct monitor *monitor;
    const struct account *account;
    const struct trace *trace; /* or NULL */
};

/* Until the connection ends; gives the exit status for the process. SIGTERM, SIGINT, SIGQUIT and SIGHUP
 * must be blocked: they end it in good order. */
int worker_run(const struct worker_setup *setup);
