/* SPDX-License-Identifier: BSD-2-Clause */
/* Datagrams between two processes of ours, with descriptors. The kernel keeps their borders. Sending and receiving wait,
 * unless the socket does not block; signals disturb neither. */
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

/* The descriptors stay the sender's, too. `passed` may be NULL. ERR_SYSTEM with errno: the other end is gone, or (of a
 * socket that does not block) has no room now. */
NODISCARD enum err seqpacket_send(int fd, struct bytes datagram,
                                  const struct seqpacket_descriptors *passed);

/* *len is 0 when the other end is closed. The descriptors that came are the caller's, and closed on exec; those for which
 * this process has no room left do not come. With `passed` NULL, and on an error, they are closed. ERR_TOO_LONG: the
 * datagram did not fit; ERR_SYSTEM with errno, EAGAIN of a socket that does not block: nothing has come. */
NODISCARD enum err seqpacket_receive(int fd, struct span room, size_t *len,
                                     struct seqpacket_descriptors *passed);

/* The same into `room`, in place of its content, and up to its limit; it is empty when the other end is closed. */
NODISCARD enum err seqpacket_take(int fd, struct buf *room, struct seqpacket_descriptors *passed);

/* Closes what is there; then nothing is. */
void seqpacket_close(struct seqpacket_descriptors *passed);

/* Of an end that hears nothing as long as the other one is open: is that closed, or has it said something? Does not
 * wait. */
bool seqpacket_is_over(int fd);
