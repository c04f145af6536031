/* SPDX-License-Identifier: BSD-2-Clause */
/* All joints of the process: who is added is there until it is done, and those that have something to do are served in
 * turn. */
#pragma once

#include "programs/tcp/joint.h"

struct joints {
    struct joint all; /* the ring's head */
    struct joint *active;
    size_t count, max;
    int epoll_fd; /* hears of their sockets, with the joint as what an event is about; the caller's */
    bool keeps_alive; /* the connections are probed when they are idle */
};

void joints_init(struct joints *joints, size_t max, int epoll_fd, bool keeps_alive);

/* A joint for the flow, which from now on has it as its owner. It has no socket yet. */
struct joint *joints_add(struct joints *joints, struct flow *flow);

/* Its socket pair, and what holds for the flow. False: there is none, with errno; EMFILE also if there are too many joints. */
bool joints_open(struct joints *joints, struct joint *joint, struct instant now);

/* It is served in this turn or the next. */
void joints_activate(struct joints *joints, struct joint *joint);

/* What epoll has said of its socket. */
void joints_hear(struct joints *joints, struct joint *joint, uint32_t events);

/* Resets the connection. */
void joints_abort(struct joints *joints, struct joint *joint, struct instant now);

/* Each active joint once; who has more to do is active again, who is done is freed. True: somebody has more. */
bool joints_serve(struct joints *joints, struct instant now);
