/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/host_signature.h"

#include "os/record_socket.h"

#include <unistd.h>

enum { PATIENCE_MS = 10 * 1000 };

/* keyd closes the other end if it does not answer. */
static enum err receive(int fd, struct buf *room, struct host_signature *answer)
{
    struct record record;
    TRY(record_socket_await(fd, PATIENCE_MS));
    enum err err = record_socket_take(fd, room, &record, NULL);
    if (err != OK)
        return err == ERR_DISCONNECTED ? ERR_CRYPTO : err;
    if (record.type != RECORD_EXCHANGE_SIGNED)
        return ERR_BAD_STATE;
    *answer = (struct host_signature){ record.texts[0], record.texts[1], record.texts[2] };
    return OK;
}

enum err host_signature_ask(int keyd_fd, struct bytes question, struct buf *room,
                            struct host_signature *answer)
{
    int ends[2];
    if (question.len == 0)
        return ERR_BAD_VALUE; /* keyd would take it for the end of its socket, and exit */
    TRY(seqpacket_pair(ends));
    const struct seqpacket_descriptors passed = { .fds = { ends[1] }, .count = 1 };
    enum err err = seqpacket_send(keyd_fd, question, &passed);
    (void)close(ends[1]);
    if (err == OK)
        err = receive(ends[0], room, answer);
    (void)close(ends[0]);
    return err;
}
