/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/authorize_apart.h"

#include "base/check.h"
#include "base/reader.h"
#include "base/writer.h"
#include "os/seqpacket.h"
#include "programs/server/common/log.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_MAX = POLICY_TEXT_MAX + 64 };

/* The answer: may, the policy. */
static enum err write_answer(bool may, const struct authorize_grant *grant, struct buf *out)
{
    struct writer w = writer_to(out);
    writer_bool(&w, may);
    writer_string(&w, buf_bytes(&grant->record));
    return writer_end(&w);
}

static bool read_answer(struct bytes answer, struct authorize_grant *grant)
{
    struct reader r = reader_over(answer, NULL);
    bool may = reader_bool(&r, "may");
    struct bytes record = reader_string(&r, "policy");
    return reader_end(&r) == OK && may && authorize_take(grant, record) == OK;
}

_Noreturn static void answer_as(const struct server_options *options, const struct account *account,
                                const struct endpoint *peer, struct bytes blob, int fd)
{
    struct authorize_grant grant = AUTHORIZE_NOTHING;
    struct buf answer = BUF_EMPTY(ANSWER_MAX);
    bool may = false;
    if (account_become(account) != OK)
        log_error("cannot become user %s: %s", account->name, strerror(errno));
    else
        may = authorize_key(options, account, peer, blob, &grant);
    if (write_answer(may, &grant, &answer) == OK)
        (void)!seqpacket_send(fd, buf_bytes(&answer), NULL);
    _exit(0);
}

static bool ask_child(int fd, pid_t child, struct authorize_grant *grant)
{
    scoped(buf) room = BUF_EMPTY(ANSWER_MAX);
    struct span span;
    size_t len = 0;
    enum err err = buf_reserve(&room, ANSWER_MAX, &span);
    CHECK(err == OK);
    err = seqpacket_receive(fd, span, &len, NULL);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    return err == OK && read_answer(bytes_of(span.data, len), grant);
}

bool authorize_apart_key(const struct server_options *options, const struct account *account,
                         const struct endpoint *peer, struct bytes blob,
                         struct authorize_grant *grant)
{
    int ends[2];
    if (seqpacket_pair(ends) != OK)
        return false;
    pid_t child = fork();
    if (child == 0) {
        (void)close(ends[0]);
        answer_as(options, account, peer, blob, ends[1]);
    }
    (void)close(ends[1]);
    bool may = child > 0 && ask_child(ends[0], child, grant);
    (void)close(ends[0]);
    return may;
}
