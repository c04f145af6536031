/* SPDX-License-Identifier: BSD-2-Clause */
/* The programs at the two ends of a network: each sends so much, reads what comes, and closes when its part says so.
 * What they do is told as actions of the story. */
#pragma once

#include "lab/network.h"

struct actor {
    uint64_t to_send;      /* octets, as soon as there is room */
    uint64_t answers;      /* octets to send when the first data has come */
    bool closes_when_sent; /* everything was handed over */
    bool closes_back;      /* when the peer has */
    bool keeps_data;       /* reads nothing until actor_read */
    bool is_terse;         /* says only when it opens and ends */

    /* The actor's own. */
    struct flow *flow;
    uint64_t received, told;
    bool is_open, is_over, has_closed;
};

struct actors {
    struct network *network;
    struct actor ends[STORY_ENDS];
};

/* The `event` of a network, with the actors as context. */
void actor_event(void *context, int host, const struct flow_event *event);

void actor_listen(struct actors *actors, int host, uint16_t port);
/* From the port `from` of `host` to that of the other end. */
void actor_connect(struct actors *actors, int host, uint16_t from, uint16_t to);
/* Hands over so many octets more. What follows does nothing at an end that has no connection. */
void actor_send(struct actors *actors, int host, uint64_t octets);
/* Reads what it has kept, and from now on at once. */
void actor_read(struct actors *actors, int host);
void actor_close(struct actors *actors, int host);
