/* SPDX-License-Identifier: BSD-2-Clause */
/* Records (ipc/record.h) over a socket between two processes of ours (seqpacket.h). */
#pragma once

#include "ipc/record.h"
#include "os/seqpacket.h"

/* The descriptors stay the sender's, too; `passed` may be NULL. ERR_TOO_LONG: more than the table allows; ERR_SYSTEM
 * with errno: the other end is gone, or (of a socket that does not block) has no room now. */
NODISCARD enum err record_socket_send(int fd, const struct record *record,
                                      const struct seqpacket_descriptors *passed);

/* The next one. Its texts lie in `room`, in place of what that held, and it has at most as many octets as the room's
 * limit. With `passed` NULL no descriptors are taken; of what is no record they are closed. ERR_DISCONNECTED: the other
 * end is closed; otherwise the errors of seqpacket_receive and record_decode. */
NODISCARD enum err record_socket_take(int fd, struct buf *room, struct record *record,
                                      struct seqpacket_descriptors *passed);
