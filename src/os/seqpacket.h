/* SPDX-License-Identifier: BSD-2-Clause */
/* Datagrams between two processes of ours, with descriptors. The kernel keeps their borders. Both calls
 * wait; neither is disturbed by signals. */
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

/* The descriptors stay the sender's, too. `passed` may be NULL. ERR_SYSTEM: the other end is gone. */
NODISCARD enum err seqpacket_send(int fd, struct bytes datagram,
                                  const struct seqpacket_descriptors *passed);

/* *len is 0 when the other end is closed. With `passed` NULL descriptors are not taken: they are closed.
 * ERR_TOO_LONG: the datagram did not fit. Descriptors that come are closed on exec; those for which this process has no
 * room left do not come. */
NODISCARD enum err seqpacket_receive(int fd, struct span room, size_t *len,
                                     struct seqpacket_descriptors *passed);

/* The same into `room`, in place of its content, and up to its limit; it is empty when the other end is closed. */
NODISCARD enum err seqpacket_take(int fd, struct buf *room, struct seqpacket_descriptors *passed);

/* Of an end that hears nothing as long as the other one is open: is that closed, or has it said something? Does not
 * wait. */
bool seqpacket_is_over(int fd);
