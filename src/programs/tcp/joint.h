/* SPDX-License-Identifier: BSD-2-Clause */
/* Joins a connection of the stack with a stream socket whose other end somebody else, the user, has: octets both ways, as
 * fast as the slower side takes them, and the ends of both directions.
 *
 * The peer's FIN shuts that direction of the socket. Where there is none, because the connection is reset or times out,
 * the socket is closed: reading finds the end then too, but writing fails (and poll says POLLHUP), which neither does
 * after a FIN. In the other direction a user who closes is a FIN, and a reset if there is something that he has not read
 * (as unix(7) tells the socket's other end, and tcp the peer). */
#pragma once

#include "tcpip/flow.h"

struct joint {
    struct flow *flow;        /* NULL: it is gone */
    int fd;                   /* -1: none yet */
    int other_fd;             /* the other end until it is handed over; or -1 */
    bool can_read, can_write; /* what epoll said last, and no call has denied since */
    bool is_user_gone;        /* without having read all: the peer is to know that it is lost */
    bool has_user_closed;     /* what was written at the socket's other end was all */
    bool has_user_left;       /* nobody has the socket's other end any more */
    bool has_peer_closed;     /* what came was all, and was written */
    bool peer_closes;         /* its FIN has come */
    bool is_over;             /* the flow says so */
    bool is_opening;          /* for somebody who waits to hear of it */
    bool is_active;           /* in the service's list of what there is to do */
    bool is_waiting;          /* to be handed over */
    struct joint *next_active, *next_waiting;
    struct joint *before, *after; /* of all */
};

/* A socket pair for it: ERR_SYSTEM with errno. */
NODISCARD enum err joint_open(struct joint *joint);

/* Moves what came to the socket. */
void joint_deliver(struct joint *joint, struct instant now);

/* Moves what was written to the socket to the flow. True: there may be more, but others have their turn. */
bool joint_collect(struct joint *joint, struct instant now);

/* Whether nothing is left to do but joint_close. For the rest of a connection whose user has left the stack waits alone,
 * and not for ever. */
bool joint_is_done(const struct joint *joint);

/* Gives flow and sockets back. What the user has written is still delivered, and behind it is the FIN or the reset; what
 * comes now is for nobody. */
void joint_close(struct joint *joint, struct instant now);
