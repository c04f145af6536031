/* SPDX-License-Identifier: BSD-2-Clause */
/* What connection.c (the owner's side) and connection_feed.c (the peer's side) share. */
#pragma once

#include "ssh/auth/auth_client.h"
#include "ssh/auth/auth_server.h"
#include "ssh/budget.h"
#include "ssh/channel/channels.h"
#include "ssh/connection.h"
#include "ssh/transport/transport.h"

enum {
    CONNECTION_QUEUE_LEN = 8,     /* events that one packet or command can make, and a few more */
    CONNECTION_FAILURE_LEN = 256, /* octets of the sentence */
    CONNECTION_GLOBAL_MAX = 64,   /* unanswered global requests of ours */
};

struct connection {
    struct transport transport;
    struct auth_client auth_client;
    struct auth_server auth_server;
    struct channels channels;
    struct budget budget;
    enum role role;
    const struct trace *trace;
    struct instant now;

    struct connection_event queue[CONNECTION_QUEUE_LEN];
    size_t queue_first, queue_count;

    enum err err; /* not OK: the connection is over */
    char failure[CONNECTION_FAILURE_LEN];
    uint8_t handling; /* number of the message being handled; 0: a packet is being opened */
    bool is_authenticated;
    bool is_dry;       /* nothing more to take from the input */
    bool wants_method; /* ask for the first method once the input is dry */
    bool pipelines, login_known;
    bool no_hostbound;
    bool is_early; /* channel messages went out before the login */
    unsigned early_ignored;
    bool success_is_due; /* EXT_INFO came in the login */
    struct buf sig_algs;
    struct instant login_by;

    int64_t alive_interval_ms;
    unsigned alive_count_max, alive_count;
    struct instant alive_at; /* when to check whether the peer is silent */
    struct instant heard_at; /* when it last sent something */

    uint64_t global_is_ours; /* bit i: the i-th awaited reply is to a keep-alive of this machine */
    unsigned global_awaited;

    /* Data packets being built. */
    uint32_t data_channel, data_extended;
    size_t data_lens[TRANSPORT_RESERVE_MAX];
    size_t data_count;
    struct span data_payloads[TRANSPORT_RESERVE_MAX];
};

/* A new event at the end of the queue. */
struct connection_event *connection_push(struct connection *c, enum connection_event_kind kind);
/* Ends the connection: informs the peer and records why. Returns `err`. */
enum err connection_fail(struct connection *c, enum err err);
/* Turn what the lower machines want into events. */
void connection_take_kex(struct connection *c, const struct kex_event *event);
void connection_take_auth(struct connection *c, const struct auth_client_event *event);
/* Asks the owner for a method to log in. */
void connection_ask_method(struct connection *c, struct bytes methods, bool partial);
/* The login is done, in either role. */
void connection_logged_in(struct connection *c);
void connection_send_keepalive(struct connection *c);
/* Sends channel messages ahead of the login's outcome if this server is known to take them. */
void connection_try_early(struct connection *c);
