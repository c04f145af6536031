/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/verifier.h"

#include "base/escape.h"
#include "os/record_socket.h"

#include <unistd.h>

enum { PATIENCE_MS = 10 * 1000, ANSWER_MAX = 1024 };

void verifier_ask(int cradle_fd, const struct record *question, int *fd)
{
    int ends[2];
    *fd = -1;
    if (seqpacket_pair(ends) != OK)
        return;
    const struct seqpacket_descriptors passed = { .fds = { ends[1] }, .count = 1 };
    enum err err = record_socket_send(cradle_fd, question, &passed);
    (void)close(ends[1]);
    if (err == OK)
        *fd = ends[0];
    else
        (void)close(ends[0]);
}

static enum err receive(int fd, struct verifier_verdict *verdict)
{
    scoped(buf) room = BUF_EMPTY(ANSWER_MAX);
    struct record record;
    TRY(fd >= 0 ? record_socket_await(fd, PATIENCE_MS) : ERR_TIMEOUT);
    TRY(record_socket_take(fd, &room, &record, NULL));
    if (record.type != RECORD_VERIFIED)
        return ERR_BAD_STATE;
    (void)escape_text(record.texts[0], verdict->name, sizeof(verdict->name));
    verdict->is_right = record.numbers[0] == 1;
    return OK;
}

struct verifier_verdict verifier_answer(int fd)
{
    struct verifier_verdict verdict = { .name = "UNKNOWN" };
    if (receive(fd, &verdict) != OK)
        verdict.is_right = false;
    if (fd >= 0)
        (void)close(fd);
    return verdict;
}
