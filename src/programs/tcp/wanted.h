/* SPDX-License-Identifier: BSD-2-Clause */
/* The connection that the owner has asked for (TCP_CONNECT): one at a time. Each request is answered once, by
 * TCP_CONNECTED or TCP_FAILED, unless another one comes before. */
#pragma once

#include "ipc/record.h"
#include "programs/tcp/joints.h"

struct wanted {
    int owner; /* the socket to the owner */
    struct joint *joint;
    bool has_opened; /* it is established, and the owner does not know yet */
    bool is_begun;   /* its SYN is being made right now */
    uint32_t facts;  /* how many were sent about it */
};

/* Begins the connection of a TCP_CONNECT. */
void wanted_connect(struct wanted *wanted, struct joints *joints, struct stack *stack,
                    const struct record *connect, struct instant now);

/* Whether facts are about a connection that the owner waits for. */
bool wanted_is_being_made(const struct wanted *wanted);

/* Sends a fact to the owner, but only as many as leave room for the answer if the owner reads nothing. */
void wanted_tell_fact(struct wanted *wanted, const struct record *fact);

/* The flow of this joint is established, or over; the joint may belong to another connection. */
void wanted_opened(struct wanted *wanted, const struct joint *joint);
void wanted_ended(struct wanted *wanted, struct joint *joint, const struct flow_event *event);

/* Hands over the connection once it is established, after the facts about its handshake. */
void wanted_report(struct wanted *wanted, struct joints *joints, struct instant now);

/* The owner no longer wants it. */
void wanted_give_up(struct wanted *wanted, struct joints *joints, struct instant now);
