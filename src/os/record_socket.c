/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/record_socket.h"

#include "os/await.h"
#include "os/clock.h"

#include <errno.h>
#include <fcntl.h>

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
    if (err != OK && passed)
        seqpacket_close(passed);
    return err;
}

enum err record_socket_await(int fd, int patience_ms)
{
    return await_readable(fd, -1, clock_now_ms() + patience_ms);
}

enum err record_socket_await_ready(int fd, enum record_type ready, int patience_ms)
{
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    struct record record;
    enum err err = record_socket_await(fd, patience_ms);
    bool is_ready =
        err == OK && record_socket_take(fd, &room, &record, NULL) == OK && record.type == ready;
    if (is_ready)
        return fcntl(fd, F_SETFL, O_NONBLOCK) == 0 ? OK : ERR_SYSTEM;
    errno = err == ERR_TIMEOUT ? ETIMEDOUT : ECONNRESET;
    return ERR_SYSTEM;
}
