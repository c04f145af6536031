/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/record_socket.h"

#include <unistd.h>

enum err record_socket_send(int fd, const struct record *record,
                            const struct seqpacket_descriptors *passed)
{
    scoped(buf) datagram = BUF_EMPTY(RECORD_LEN_MAX);
    TRY(record_encode(record, &datagram));
    return seqpacket_send(fd, buf_bytes(&datagram), passed);
}

enum err record_socket_take(int fd, struct buf *room, struct record *record,
                            struct seqpacket_descriptors *passed)
{
    TRY(seqpacket_take(fd, room, passed));
    enum err err = buf_len(room) > 0 ? record_decode(buf_bytes(room), record) : ERR_DISCONNECTED;
    for (size_t i = 0; err != OK && passed && i < passed->count; i++)
        (void)close(passed->fds[i]);
    if (err != OK && passed)
        passed->count = 0;
    return err;
}
