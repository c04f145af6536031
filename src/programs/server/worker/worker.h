/* SPDX-License-Identifier: BSD-2-Clause */
/* Serves one connection: the process that reads what the peer sends, before and after the login. It
 * joins the socket to the SSH machine, passes questions to the monitor and programs to the session, and
 * decides nothing itself. Before the first octet of the peer's it has given up everything but its
 * descriptors. */
#pragma once

#include "os/endpoint.h"
#include "ssh/transport/algorithms.h"

struct sandbox_setup;
struct server_options;
struct trace;

/* All of it outlives the worker. */
struct worker_setup {
    int in_fd, out_fd; /* of the peer; may be the same one */
    int waiting_fd;    /* closed at the login; or -1 */
    struct endpoint peer, local;
    const struct server_options *options;
    struct algorithms_offer offer;
    struct bytes host_keys;     /* blobs as SSH strings, the best first */
    struct bytes auth_methods;  /* comma-separated */
    struct bytes banner;        /* shown before the login; empty: none */
    int monitor_fd, session_fd; /* to the other processes of the connection; the worker's */
    int lifeline_fd;            /* becomes readable when one of them is gone; the worker's */
    const struct sandbox_setup *sandbox;
    const struct trace *trace; /* or NULL */
};

/* Until the connection ends; gives the exit status for the process. SIGTERM, SIGINT, SIGQUIT and SIGHUP
 * must be blocked: they end it in good order. */
int worker_run(const struct worker_setup *setup);
