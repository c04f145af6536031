/* SPDX-License-Identifier: BSD-2-Clause */
/* A client and a server connection in one process: virtual time, repeatable random octets, and a wire
 * between them that may cut the stream anywhere. The server is an echo: it accepts one key, runs any
 * command by sending back what it gets, and exits with the status PAIR_STATUS. */
#pragma once

#include "base/buf.h"
#include "base/limits.h"
#include "keys/private/private_key.h"
#include "ssh/connection.h"

enum { PAIR_STATUS = 42 };

struct pair_end {
    struct connection *connection;
    struct buf inbox; /* on the wire towards this end */
    enum err err;
    size_t events;
    uint64_t digest; /* of all events' kinds and data, in order */
};

/* Who begins a key exchange when the time has come. */
enum pair_rekeys { PAIR_EITHER_REKEYS, PAIR_CLIENT_REKEYS, PAIR_SERVER_REKEYS, PAIR_BOTH_REKEY };

struct pair_options {
    const char *kex, *host_key, *cipher, *mac, *compression; /* NULL: the default */
    const char *server_kex;                                  /* NULL: as the client's */
    bool is_greeted;         /* somebody else has sent the server's first octets */
    bool wrong_cookie;       /* … which are not those that the server is told */
    size_t chunk;            /* octets handed over at once; 0: everything */
    bool is_cut_at_random;   /* chunks of any length up to that */
    uint64_t rekey_octets;   /* 0: default */
    int64_t rekey_ms;        /* a turn is one; 0: default */
    enum pair_rekeys rekeys; /* both: every rekey_ms and at the same moment */
    size_t payload;          /* octets that the client sends through the echo */
    size_t pace; /* at most so many of them in a turn; 0: as many as there is room for */
    bool guesses, pipelines;
    bool refuses_login;
    bool sends_query; /* the client asks whether the key would do before it signs */
};

struct pair {
    struct pair_options options;
    struct pair_end client, server;
    struct instant now;
    uint64_t random, cuts;
    struct rng rng;
    struct private_key *host_key, *user_key;
    uint32_t channel; /* the client's number */
    bool opened;
    bool is_sending;
    size_t sent, received; /* by the client, of the payload */
    size_t sendable;       /* of the payload, up to now */
    bool content_differs;
    struct buf pending; /* what the server still has to echo */
    bool server_got_eof, server_closed;
    uint32_t server_channel;
    int exit_status; /* -1: none yet */
    bool closed;
    size_t kex_count, asks;
    size_t round_trips; /* turns of the wire until the exit status came */
};

void pair_init(struct pair *p, const struct pair_options *options);
void pair_free(struct pair *p);

/* Runs until nothing moves any more or the channel is closed. */
void pair_run(struct pair *p);

/* One turn: everything that the ends have to say is delivered. False: nothing moved. */
bool pair_turn(struct pair *p);
