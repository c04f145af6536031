/* SPDX-License-Identifier: BSD-2-Clause */
/* Records (ipc/record.h) over a socket between two processes of ours (seqpacket.h). */
#pragma once

#include "ipc/record.h"
#include "os/seqpacket.h"

/* The descriptors stay the sender's, too; `passed` may be NULL. ERR_TOO_LONG: more than the table allows; ERR_SYSTEM
 * with errno: the other end is gone, or (of a socket that does not block) has no room now. */
NODISCARD enum err record_socket_send(int fd, const struct record *record,
                                      const struct seqpacket_descriptors *passed);

/* Waits until there is something to take, or the other end is closed, for so many milliseconds at most, whatever signals
 * come meanwhile. ERR_TIMEOUT, ERR_SYSTEM with errno. */
NODISCARD enum err record_socket_await(int fd, int patience_ms);

/* Waits as long for a program that was started to say by such a record that it is ready; then the socket does not block any
 * more. ERR_SYSTEM with errno: ETIMEDOUT, or ECONNRESET if it has ended or says something else. */
NODISCARD enum err record_socket_await_ready(int fd, enum record_type ready, int patience_ms);

/* The next one. Its texts lie in `room`, in place of what that held, and it has at most as many octets as the room's
 * limit. With `passed` NULL, and on an error, descriptors that came are closed. ERR_DISCONNECTED: the other
 * end is closed; otherwise the errors of seqpacket_receive and record_decode. */
NODISCARD enum err record_socket_take(int fd, struct buf *room, struct record *record,
                                      struct seqpacket_descriptors *passed);
