/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/tcp/tcp_tell.h"

#include "os/record_socket.h"

enum err tcp_tell(int fd, const struct record *record, int passed_fd)
{
    const struct seqpacket_descriptors passed = { { passed_fd }, passed_fd >= 0 ? 1 : 0 };
    return record_socket_send(fd, record, &passed);
}
