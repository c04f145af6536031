/* SPDX-License-Identifier: BSD-2-Clause */
/* The session: a shell, a command or a subsystem on a channel (RFC 4254 section 6), our standard input,
 * output and errors as its ends, and the person's terminal around it. */
#pragma once

#include "programs/client/arguments.h"
#include "programs/client/escape_filter.h"
#include "programs/client/settings.h"
#include "programs/pump/pump.h"

struct session_owner {
    /* Called once: the session is over and everything that can be written is; `exit_status` is that of glassh. */
    void (*ended)(void *context, int exit_status);
    /* The person asked to disconnect (~.). */
    void (*disconnect)(void *context);
    /* The channel is open: from now on the session runs. */
    void (*running)(void *context);
    void *context;
};

struct session {
    const struct arguments *arguments;
    const struct client_options *options;
    struct session_owner owner;
    struct connection *connection;
    struct pump *pump;

    uint32_t channel;
    bool wants_terminal; /* a pty was asked for */
    bool is_started, is_open, is_closed, is_finishing, has_ended;
    bool is_unread; /* our output is not read any more */
    bool is_lost;   /* some of it could not be written */
    bool expects_terminal_reply, expects_start_reply;
    int exit_status;
    int in_fd, out_fd, err_fd;
    struct pump_source *input;
    struct pump_sink *output, *errors;
    unsigned sinks_open;
    struct escape_filter escape;
};

/* `no_input`, `command` and the like come from the arguments and options. Opens no descriptor yet. */
void session_init(struct session *session, const struct arguments *arguments,
                  const struct client_options *options, const struct session_owner *owner);

/* Asks for the channel and for what is to run there; may be called before the login is done. */
void session_start(struct session *session, struct connection *connection);

/* From now on data flows through that pump; must be called before the channel's first event. */
void session_attach(struct session *session, struct pump *pump);

/* Handles an event of the session's channel. */
void session_event(struct session *session, const struct connection_event *event);

/* The terminal has changed its size. */
void session_resize(struct session *session);

/* The connection is gone: what was received is still written, then `ended` is called with the exit status that the
 * server sent, or 255. */
void session_cut(struct session *session);

/* Restores the terminal and the standard descriptors. */
void session_wipe(struct session *session);
