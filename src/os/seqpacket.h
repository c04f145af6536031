/* SPDX-License-Identifier: BSD-2-Clause */
/* Datagrams between two of our processes, with descriptors. The kernel keeps their boundaries. Sending and receiving
 * wait, unless the socket is non-blocking; signals interrupt neither. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>

enum { SEQPACKET_DESCRIPTORS_MAX = 6 };

/* Descriptors that travel with a datagram. */
struct seqpacket_descriptors {
    int fds[SEQPACKET_DESCRIPTORS_MAX];
    size_t count;
};

/* Two connected ends, closed on exec. ERR_SYSTEM with errno. */
NODISCARD enum err seqpacket_pair(int ends[2]);

/* The sender keeps its descriptors. `passed` may be NULL. ERR_SYSTEM with errno: the other end is gone, or (of a
 * non-blocking socket) has no room now. */
NODISCARD enum err seqpacket_send(int fd, struct bytes datagram,
                                  const struct seqpacket_descriptors *passed);

/* *len is 0 when the other end is closed. The caller owns the descriptors received, which are closed on exec; those for
 * which this process has no room left are lost. With `passed` NULL, and on an error, they are closed. ERR_TOO_LONG: the
 * datagram did not fit; ERR_SYSTEM with errno, EAGAIN if a non-blocking socket has nothing to receive. */
NODISCARD enum err seqpacket_receive(int fd, struct span room, size_t *len,
                                     struct seqpacket_descriptors *passed);

/* The same into `room`, up to its limit, replacing its content; empty when the other end is closed. */
NODISCARD enum err seqpacket_take(int fd, struct buf *room, struct seqpacket_descriptors *passed);

/* Closes them all; the count is then 0. */
void seqpacket_close(struct seqpacket_descriptors *passed);

/* Whether the other end is closed or has sent something; for a socket on which nothing is expected while it is open.
 * Does not wait. */
bool seqpacket_is_over(int fd);
