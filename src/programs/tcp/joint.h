/* SPDX-License-Identifier: BSD-2-Clause */
/* Joins a connection of the stack with a stream socket whose other end belongs to the user, another process: octets
 * both ways, as fast as the slower side takes them, and the end of each direction.
 *
 * The peer's FIN shuts down that direction of the socket. If the connection ends without a FIN, by a reset or a
 * timeout, the socket is closed: reading finds the end then too, but writing fails (and poll reports POLLHUP), which
 * neither does after a FIN. In the other direction a user that closes causes a FIN, or a reset if it has not read
 * everything (as unix(7) reports to the socket's other end, and TCP to the peer). */
#pragma once

#include "tcpip/flow.h"

struct joint {
    struct flow *flow;        /* NULL: it is gone */
    int fd;                   /* -1: none yet */
    int other_fd;             /* the other end until it is handed over; or -1 */
    bool can_read, can_write; /* what epoll reported last, if no call has shown otherwise */
    bool is_user_gone;        /* without having read everything: the peer is to learn that data was
                               * lost */
    bool has_user_closed;     /* the user will write no more */
    bool has_user_left;       /* the socket's other end is closed */
    bool has_peer_closed;     /* the peer will send no more, and all it sent was written */
    bool peer_closes;         /* its FIN has come */
    bool is_over;             /* the flow has reported its end */
    bool is_opening;          /* the owner waits for the result */
    bool is_active;           /* in the list of joints that have something to do */
    bool is_waiting;          /* to be handed over */
    struct joint *next_active, *next_waiting;
    struct joint *before, *after; /* in the ring of all joints */
};

/* A socket pair for it: ERR_SYSTEM with errno. */
NODISCARD enum err joint_open(struct joint *joint);

/* Moves received data to the socket. */
void joint_deliver(struct joint *joint, struct instant now);

/* Moves what the user wrote from the socket to the flow. True: there may be more, but it is the others' turn. */
bool joint_collect(struct joint *joint, struct instant now);

/* Whether only joint_close is left to do. If the user has left, the stack finishes the connection alone, within a
 * limit. */
bool joint_is_done(const struct joint *joint);

/* Releases flow and sockets. What the user has written is still delivered, followed by the FIN or the reset; what
 * arrives now is dropped. */
void joint_close(struct joint *joint, struct instant now);
