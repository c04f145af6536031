/* SPDX-License-Identifier: BSD-2-Clause */
/* Records (ipc/record.h) over a socket between two of our processes (seqpacket.h). */
#pragma once

#include "ipc/record.h"
#include "os/seqpacket.h"

/* The sender keeps its descriptors; `passed` may be NULL. ERR_TOO_LONG: more than the table allows; ERR_SYSTEM with
 * errno: the other end is gone, or (of a non-blocking socket) has no room now. */
NODISCARD enum err record_socket_send(int fd, const struct record *record,
                                      const struct seqpacket_descriptors *passed);

/* Waits until there is something to take or the other end is closed, for at most `patience_ms`; signals do not
 * interrupt it. ERR_TIMEOUT, ERR_SYSTEM with errno. */
NODISCARD enum err record_socket_await(int fd, int patience_ms);

/* Waits as long for a program that was just started to send this record, and then makes the socket non-blocking.
 * ERR_SYSTEM with errno: ETIMEDOUT, or ECONNRESET if it has ended or sent something else. */
NODISCARD enum err record_socket_await_ready(int fd, enum record_type ready, int patience_ms);

/* Takes the next record. Its texts lie in `room`, whose content it replaces and whose limit it must fit. With `passed`
 * NULL, and on an error, descriptors that came with it are closed. ERR_DISCONNECTED: the other end is closed;
 * otherwise the errors of seqpacket_receive and record_decode. */
NODISCARD enum err record_socket_take(int fd, struct buf *room, struct record *record,
                                      struct seqpacket_descriptors *passed);
