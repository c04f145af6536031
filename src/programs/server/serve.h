/* SPDX-License-Identifier: BSD-2-Clause */
/* The processes of one connection: the monitor, which is the calling process; the worker, which alone reads
 * what the peer sends and is locked in before it does; and, after the login, the session. */
#pragma once

#include "os/sandbox.h"
#include "ssh/transport/algorithms.h"

struct account;
struct host_keys;
struct server_options;

/* All of it outlives the call. */
struct serve_setup {
    const struct server_options *options;
    const struct account *account;     /* of whoever runs the server */
    bool serves_all;                   /* every user may log in, not that one only */
    const struct host_keys *host_keys; /* the monitor's alone: the worker wipes its copies */
    struct algorithms_offer offer;
    const struct sandbox_setup *sandbox; /* of the worker */
    bool explains;
};

/* Fills in whom the worker becomes and where, when the server is root's. ERR_SYSTEM with errno. */
NODISCARD enum err serve_prepare(struct sandbox_setup *sandbox);

/* Takes the descriptors over: of the peer (may be the same one), and one to be closed at the login, or -1.
 * Returns when the connection and its processes have ended: the exit status. */
int serve_connection(const struct serve_setup *setup, int in_fd, int out_fd, int waiting_fd);
