/* SPDX-License-Identifier: BSD-2-Clause */
/* The programs at the two ends of a network: each sends a given amount, reads what comes, and closes when configured
 * to. What they do goes into the story as actions. */
#pragma once

#include "lab/network.h"

struct actor {
    uint64_t to_send;      /* octets, as soon as there is room */
    uint64_t answers;      /* octets to send once the first data has come */
    bool closes_when_sent; /* closes once everything was handed over */
    bool closes_back;      /* closes once the peer has */
    bool keeps_data;       /* reads nothing until actor_read */
    bool is_terse;         /* reports only its open and its end */

    /* Internal. */
    struct flow *flow;
    uint64_t received, told;
    bool is_open, is_over, has_closed;
};

struct actors {
    struct network *network;
    struct actor ends[STORY_ENDS];
};

/* The `event` callback of a network; `context` is the actors. */
void actor_event(void *context, int host, const struct flow_event *event);

void actor_listen(struct actors *actors, int host, uint16_t port);
/* From port `from` of `host` to port `to` of the other end. */
void actor_connect(struct actors *actors, int host, uint16_t from, uint16_t to);
/* Hands over `octets` more. This and the calls below do nothing at an end without a connection. */
void actor_send(struct actors *actors, int host, uint64_t octets);
/* Reads what it has kept, and from now on everything at once. */
void actor_read(struct actors *actors, int host);
void actor_close(struct actors *actors, int host);
