/* SPDX-License-Identifier: BSD-2-Clause */
/* A light SSH client: one connection is a socket, a machine and a few KiB, and thousands of them fit into one
 * process. It offers one algorithm of each kind and takes any host key whose signature is right. */
#pragma once

#include "keys/private/private_key.h"
#include "ssh/connection.h"

struct peer {
    int fd;
    bool has_ended;
    struct connection *connection;
    const struct private_key *key;
    struct buf inbox;
    uint64_t received; /* octets */
};

struct peer_setup {
    const char *address; /* of IPv4; NULL: 127.0.0.1 */
    uint16_t port;
    const char *user;
    const struct private_key *key;
};

void peer_open(struct peer *peer, const struct peer_setup *setup);
void peer_close(struct peer *peer);

typedef void (*peer_event_fn)(void *context, const struct connection_event *event);

/* Receives what is there, hands out events and sends what there is to send. Host keys and signatures are
 * dealt with here. Afterwards peer->has_ended tells whether it is over. */
void peer_turn(struct peer *peer, peer_event_fn on_event, void *context);

/* Whether the socket took less than there is to send. */
bool peer_is_full(const struct peer *peer);

struct instant peer_now(void);
struct private_key *peer_read_key(const char *path);
