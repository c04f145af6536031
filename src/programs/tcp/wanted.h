/* SPDX-License-Identifier: BSD-2-Clause */
/* The connection that the owner has asked for (TCP_CONNECT): one at a time, and each is answered once, by TCP_CONNECTED or
 * TCP_FAILED, unless another one is asked for before. */
#pragma once

#include "ipc/record.h"
#include "programs/tcp/joints.h"

struct wanted {
    int owner; /* the socket to it */
    struct joint *joint;
    bool has_opened; /* it stands, and the owner is to be told */
    bool is_begun;   /* its SYN is being made just now */
    uint32_t facts;  /* told of it */
};

/* As TCP_CONNECT says. */
void wanted_connect(struct wanted *wanted, struct joints *joints, struct stack *stack,
                    const struct record *connect, struct instant now);

/* Whether facts are about a connection that the owner waits for. */
bool wanted_is_being_made(const struct wanted *wanted);

/* Tells one, up to as many as leave room for the answer, however long the owner reads nothing. */
void wanted_tell_fact(struct wanted *wanted, const struct record *fact);

/* The flow of this joint stands, or is over; the joint may be of another connection. */
void wanted_opened(struct wanted *wanted, const struct joint *joint);
void wanted_ended(struct wanted *wanted, struct joint *joint, const struct flow_event *event);

/* Hands over what stands: behind the facts of its handshake. */
void wanted_report(struct wanted *wanted, struct joints *joints, struct instant now);

/* It is no longer wanted. */
void wanted_give_up(struct wanted *wanted, struct joints *joints, struct instant now);
