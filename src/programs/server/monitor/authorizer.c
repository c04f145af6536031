/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/authorizer.h"

#include "os/await.h"
#include "os/clock.h"
#include "os/record_socket.h"
#include "os/system_error.h"
#include "programs/server/common/log.h"
#include "programs/server/monitor/told_line.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 30 * 1000 };

void authorizer_wipe(struct authorizer_grant *grant)
{
    buf_wipe(&grant->record);
    *grant = AUTHORIZER_NOTHING;
}

enum err authorizer_take(struct authorizer_grant *grant, struct bytes record)
{
    authorizer_wipe(grant);
    TRY(buf_append(&grant->record, record));
    return policy_decode(buf_bytes(&grant->record), &grant->policy);
}

static enum err take_answer(int fd, int watch_fd, struct authorizer_grant *grant)
{
    struct record_gate gate = { 0 };
    struct record record;
    int64_t until_ms = clock_now_ms() + PATIENCE_MS;
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    for (;;) {
        TRY(await_readable(fd, watch_fd, until_ms));
        TRY(record_socket_take(fd, &room, &record, NULL));
        TRY(record_admit(&gate, record.type, RECORD_AUTHORIZER, RECORD_MONITOR));
        if (record.type == RECORD_AUTHORIZED)
            return record.numbers[0] == 1 ? authorizer_take(grant, record.texts[0]) : ERR_NO_AUTH;
        TRY(told_line_log(&record));
    }
}

static enum err ask(const struct authorizer_setup *setup, const struct inquiry *inquiry,
                    const int ends[2], pid_t *id)
{
    const struct record question = inquiry_encode(inquiry);
    TRY(record_socket_send(ends[0], &question, NULL));
    return setup->start(setup->account, ends[1], id);
}

/* Kills AuthorizedKeysCommand and what that has left, too. Before the process has its own session it is alone; until it
 * is reaped no other group can have its number. */
static void bury(pid_t id)
{
    if (id <= 1)
        return;
    if (kill(-id, SIGKILL) != 0)
        (void)kill(id, SIGKILL);
    while (waitpid(id, NULL, 0) < 0 && errno == EINTR)
        ;
}

bool authorizer_ask(const struct authorizer_setup *setup, const struct inquiry *inquiry,
                    struct authorizer_grant *grant)
{
    int ends[2];
    pid_t id = 0;
    authorizer_wipe(grant);
    if (seqpacket_pair(ends) != OK)
        return false;
    enum err err = ask(setup, inquiry, ends, &id);
    if (err != OK)
        log_error("glasshd-authorize cannot be asked: %s", system_error_text(err));
    (void)close(ends[1]);
    if (err == OK)
        err = take_answer(ends[0], setup->watch_fd, grant);
    (void)close(ends[0]);
    bury(id);
    if (err != OK)
        authorizer_wipe(grant);
    return err == OK;
}
