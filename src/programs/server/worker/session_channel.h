/* SPDX-License-Identifier: BSD-2-Clause */
/* A session channel: turns its requests into calls of the session, and joins the program's data to the channel. Ends
 * with exit-status or exit-signal, after the program's output. */
#pragma once

#include "programs/pump/pump.h"
#include "programs/server/session/session.h"

struct session_channel;

/* What the channels of a connection share. */
struct session_channel_host {
    uv_loop_t *loop;
    struct pump *pump;
    struct connection *connection;
    struct record_link *records; /* to the session's process */
};

struct session_channel *session_channel_new(const struct session_channel_host *host,
                                            uint32_t number);

/* Hangs up the program and releases everything; the memory is freed in a later turn of the loop. */
void session_channel_free(struct session_channel *channel);

uint32_t session_channel_number(const struct session_channel *channel);

/* Does what is asked and replies. */
void session_channel_request(struct session_channel *channel,
                             const struct channel_request *request);

/* The peer will send no more. */
void session_channel_eof(struct session_channel *channel);
