/* SPDX-License-Identifier: BSD-2-Clause */
/* Hands connections that have come to the process that takes them (TCP_ARRIVED), first come first served; the rest wait
 * until there is room. */
#pragma once

#include "programs/tcp/joints.h"

struct handover {
    int taker;                  /* the socket to that process; -1: nobody takes any */
    struct joint *first, *last; /* the queue */
};

#define HANDOVER_NONE ((struct handover){ .taker = -1 })

/* Connections go to this taker from now on. Takes the descriptor over, which is non-blocking. */
void handover_set_taker(struct handover *handover, int taker);
void handover_leave_taker(struct handover *handover);

/* Queues the joint, which must be open. */
void handover_add(struct handover *handover, struct joint *joint);

/* Hands over as many as the taker has room for, and activates their joints. */
void handover_run(struct handover *handover, struct joints *joints);

/* Nobody will ever take them: resets those that wait. */
void handover_give_up(struct handover *handover, struct joints *joints, struct instant now);
