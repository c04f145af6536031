/* SPDX-License-Identifier: BSD-2-Clause */
/* A session channel: its requests turned into what the session does, and the program's bytes joined to
 * the channel. Ends with exit-status or exit-signal, after the program's output. */
#pragma once

#include "programs/pump/pump.h"
#include "programs/server/session/session.h"

struct session_channel;

/* The parts of a connection that its channels share. */
struct session_channel_host {
    uv_loop_t *loop;
    struct pump *pump;
    struct connection *connection;
    struct record_link *records; /* to the session's process */
};

struct session_channel *session_channel_new(const struct session_channel_host *host,
                                            uint32_t number);

/* Hangs up the program and lets everything go; the memory with a later turn of the loop. */
void session_channel_free(struct session_channel *channel);

uint32_t session_channel_number(const struct session_channel *channel);

/* Does what is asked and answers it. */
void session_channel_request(struct session_channel *channel,
                             const struct channel_request *request);

/* The peer sends no more. */
void session_channel_eof(struct session_channel *channel);
