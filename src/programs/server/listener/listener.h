/* SPDX-License-Identifier: BSD-2-Clause */
/* The process that listens: takes connections from the porch, turns away too many, and starts a process for each of the
 * others. It never reads an octet of a connection. */
#pragma once

#include "base/bytes.h"
#include "base/err.h"
#include "programs/server/common/outcome.h"

#include <stdbool.h>
#include <stdint.h>

struct cradle;
struct endpoint;
struct heritage;
struct porch_link;
struct server_options;
struct tcp_link;
struct vault;

struct listener_connection {
    int fd;
    const struct endpoint *peer;  /* as of when it was accepted */
    const struct endpoint *local; /* or NULL: the socket knows it */
    struct bytes cookie;          /* the one the client was greeted with */
    int waiting_fd; /* gets an octet at the login and is closed; before that octet the connection
                     * counts as a startup; or -1 */
};

struct listener_setup {
    const struct server_options *options;
    bool keeps_syns; /* for --explain: see os/tcp_view.h */
    bool once;       /* serve one connection in this very process, then stop (-d) */
    /* Renewed when a worker crashes or the nursery is gone; must have a nursery by listener_run. */
    struct cradle *cradle;
    struct vault *vault;      /* reopened when keyd ends */
    struct porch_link *porch; /* set up, not open */
    /* If set, connections come from there and no socket listens. Set up, not open. */
    struct tcp_link *tcp;
    const struct heritage *heritage;         /* borrowed by listener_new only */
    struct bytes too_many_startups, refused; /* sent to a client that is turned away */
    /* Serves a connection in a process of its own; returns its exit status. */
    enum outcome (*serve)(void *context, const struct listener_connection *connection);
    void *context;
    /* The program to become by exec, and its arguments, to reread the configuration; NULL: SIGHUP ends the server. */
    const char *path;
    char *const *argv;
};

enum listener_end { LISTENER_STOPPED, LISTENER_RELOAD };

struct listener;

/* Opens its sockets (sockets.h), or starts glassh-tcp instead, and continues with what the program before left. NULL
 * when nothing could be bound. */
struct listener *listener_new(const struct listener_setup *setup);
void listener_free(struct listener *listener);

/* The port of the first socket; there is one unless `tcp` is set. */
uint16_t listener_port(const struct listener *listener);

/* Starts the porch. On an error (system_error_text) there is none. */
NODISCARD enum err listener_open_porch(struct listener *listener);

/* Runs until SIGTERM, SIGINT or SIGQUIT (STOPPED), or until SIGHUP if the program accepts the new configuration
 * (RELOAD; reload_check.h); what it refuses is logged. Connections go on when this returns. The signals must be
 * blocked: listener_block_signals. */
enum listener_end listener_run(struct listener *listener);

/* For RELOAD, before this process becomes the next program by exec: leaves it what the listener has (heritage.h).
 * Connections held on the porch are served by another process, with the present configuration, which ends when all of
 * them have logged in or are gone. */
void listener_reload_hand_over(struct listener *listener);

/* Blocks the signals that listener_run waits for, so that none is lost before it runs. */
void listener_block_signals(void);
