/* SPDX-License-Identifier: BSD-2-Clause */
/* All joints of the process: each stays until it is done, and those that have something to do are served in turn. */
#pragma once

#include "programs/tcp/joint.h"

struct joints {
    struct joint all; /* the ring's head */
    struct joint *active;
    size_t count, max;
    int epoll_fd;     /* watches their sockets; an event's data is the joint; the caller's */
    bool keeps_alive; /* idle connections are probed */
};

void joints_init(struct joints *joints, size_t max, int epoll_fd, bool keeps_alive);

/* Adds a joint for the flow, which becomes the flow's owner. It has no socket yet. */
struct joint *joints_add(struct joints *joints, struct flow *flow);

/* Makes its socket pair and sets the flow's options. False with errno; EMFILE also when there are too many joints. */
bool joints_open(struct joints *joints, struct joint *joint, struct instant now);

/* The joint will be served in this turn or the next. */
void joints_activate(struct joints *joints, struct joint *joint);

/* Notes the events that epoll reported for its socket. */
void joints_hear(struct joints *joints, struct joint *joint, uint32_t events);

/* Resets the connection. */
void joints_abort(struct joints *joints, struct joint *joint, struct instant now);

/* Serves each active joint once; one that has more to do stays active, one that is done is freed. True: some joint has
 * more to do. */
bool joints_serve(struct joints *joints, struct instant now);
