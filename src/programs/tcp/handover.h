/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections that have come, for whoever takes them (TCP_ARRIVED): who came first is handed over first, and the rest
 * waits until there is room. */
#pragma once

#include "programs/tcp/joints.h"

struct handover {
    int taker;                  /* the socket to it; -1: nobody takes any */
    struct joint *first, *last; /* that wait */
};

#define HANDOVER_NONE ((struct handover){ .taker = -1 })

/* From now on it is this one's; the descriptor, non-blocking, is given away. */
void handover_set_taker(struct handover *handover, int taker);
void handover_leave_taker(struct handover *handover);

/* The joint is open. */
void handover_add(struct handover *handover, struct joint *joint);

/* As many as the taker has room for; who is handed over is activated. */
void handover_run(struct handover *handover, struct joints *joints);

/* Nobody will ever take them: who waits is reset. */
void handover_give_up(struct handover *handover, struct joints *joints, struct instant now);
