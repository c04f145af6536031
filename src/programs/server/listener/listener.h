/* SPDX-License-Identifier: BSD-2-Clause */
/* The process that listens: takes connections from the porch, turns away too many, and starts one process for
 * each. It never reads an octet of a connection. */
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
    const struct endpoint *peer;  /* as it was when it was accepted */
    const struct endpoint *local; /* or NULL: the socket knows it */
    struct bytes cookie;          /* with which the client was greeted */
    int waiting_fd; /* when the user has logged in it is to get an octet and be closed; until then the connection
                     * counts as a startup; or -1 */
};

struct listener_setup {
    const struct server_options *options;
    bool keeps_syns; /* for --explain: see os/tcp_view.h */
    bool once;       /* serve one connection in this very process, then stop (-d) */
    /* Renewed when something happens to its workers; must have a nursery by listener_run. */
    struct cradle *cradle;
    struct vault *vault;      /* reopened when keyd ends */
    struct porch_link *porch; /* set up, not open */
    /* Connections come from there, and no socket listens; or NULL. Set up, not open. */
    struct tcp_link *tcp;
    const struct heritage *heritage;         /* borrowed by listener_new alone */
    struct bytes too_many_startups, refused; /* what a client is sent who is turned away */
    /* Serves a connection in a process of its own and gives its exit status. */
    enum outcome (*serve)(void *context, const struct listener_connection *connection);
    void *context;
    /* Which program to become with which arguments, to read the configuration anew; NULL: SIGHUP ends the server. */
    const char *path;
    char *const *argv;
};

enum listener_end { LISTENER_STOPPED, LISTENER_RELOAD };

struct listener;

/* Opens its sockets (sockets.h), or starts glassh-tcp instead, and goes on with what the program before left. NULL when
 * nothing could be bound. */
struct listener *listener_new(const struct listener_setup *setup);
void listener_free(struct listener *listener);

/* The port of the first socket; there is one unless `tcp` is set. */
uint16_t listener_port(const struct listener *listener);

/* Starts the porch. With an error (system_error_text) there is none. */
NODISCARD enum err listener_open_porch(struct listener *listener);

/* Until SIGTERM, SIGINT or SIGQUIT (STOPPED), or until SIGHUP and the program has said that it takes the configuration
 * (RELOAD; reload_check.h); what it refuses is logged. Connections go on when it returns. The signals must be blocked:
 * listener_block_signals. */
enum listener_end listener_run(struct listener *listener);

/* For RELOAD, before this process becomes the next program by exec: what the listener has is left to that one
 * (heritage.h); whoever is held on the porch is served by another process, with the configuration of now, which ends when
 * all of them have logged in or are gone. */
void listener_reload_hand_over(struct listener *listener);

/* Blocks what listener_run waits for, so that no signal is lost before it does. */
void listener_block_signals(void);
