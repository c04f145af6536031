/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/pam_link.h"

#include "base/escape.h"
#include "os/await.h"
#include "os/clock.h"
#include "os/companion.h"
#include "os/descriptor.h"
#include "os/record_socket.h"
#include "os/system_error.h"
#include "programs/server/common/log.h"
#include "programs/server/pam/answer.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    CONNECTION_MAX = 200,
    ANSWER_MAX = 64 * 1024,
    TEXT_MAX = 16 * 1024,
    ENVIRONMENT_MAX = 32 * 1024,
    LAST_WORD_MS = 500,
    LAST_WILL_MS = 2000, /* for ending what its modules have started: os/descendants.h */
};

void pam_link_init(struct pam_link *link)
{
    *link = (struct pam_link){
        .fd = -1,
        .watch_fd = -1,
        .began_ms = clock_now_ms(),
        .room = BUF_EMPTY(ANSWER_MAX),
        .text = BUF_EMPTY(TEXT_MAX),
        .environment = BUF_EMPTY(ENVIRONMENT_MAX),
    };
}

static bool ends_within(pid_t id, int ms)
{
    int fd = pidfd_open(id, 0);
    bool has_ended = fd >= 0 && await_readable(fd, -1, clock_now_ms() + ms) == OK;
    descriptor_close(&fd);
    return has_ended;
}

/* Modules may have work to do at the end, like pam_unix, which logs the number of attempts. Others wait for something
 * and block signals: without a session there is nothing that must be closed. */
static void end(pid_t id)
{
    if (ends_within(id, LAST_WORD_MS))
        return;
    (void)kill(id, SIGTERM); /* it also ends what its modules have started and wait for */
    if (!ends_within(id, LAST_WILL_MS))
        (void)kill(id, SIGKILL);
}

/* A process that was killed has left behind what it waited for. */
static void bury(const struct pam_link *link)
{
    int status = 0;
    while (waitpid(link->id, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFSIGNALED(status) && !link->has_session)
        descendants_end(&link->others);
}

void pam_link_wipe(struct pam_link *link)
{
    descriptor_close(&link->fd);
    if (link->id > 0 && !link->has_session)
        end(link->id);
    if (link->id > 0)
        bury(link);
    descendants_release();
    buf_wipe(&link->room);
    buf_wipe(&link->text);
    buf_wipe(&link->environment);
    pam_link_init(link);
}

/* ---- one question ---- */

/* A module may wait for ever for a user who has gone. */
static enum err await(const struct pam_link *link)
{
    return await_readable(link->fd, link->watch_fd, link->until_ms ? link->until_ms : INT64_MAX);
}

static enum err receive(struct pam_link *link, struct record *record,
                        struct seqpacket_descriptors *passed)
{
    TRY(await(link));
    TRY(record_socket_take(link->fd, &link->room, record, passed));
    return record_admit(&link->gate, record->type, RECORD_PAM, RECORD_MONITOR);
}

/* The text is not essential: what is too long is left out. */
static void keep_text(struct pam_link *link, struct bytes text)
{
    size_t before = buf_len(&link->text);
    if (buf_append(&link->text, text) != OK)
        buf_truncate(&link->text, before);
}

static enum pam_link_result take_answer(struct pam_link *link, const struct record *record)
{
    keep_text(link, record->texts[0]);
    (void)escape_text(record->texts[1], link->why, sizeof(link->why));
    buf_keep(&link->environment, record->texts[2]);
    switch ((enum answer)record->numbers[0]) {
    case ANSWER_DENIED:
        return PAM_LINK_DENIED;
    case ANSWER_GRANTED:
        return PAM_LINK_GRANTED;
    case ANSWER_EXPIRED:
        return PAM_LINK_EXPIRED;
    }
    return PAM_LINK_DENIED;
}

static enum pam_link_result take(struct pam_link *link, const struct record *record)
{
    if (record->type == RECORD_PAM_ANSWER)
        return take_answer(link, record);
    link->count = record->numbers[0];
    link->echoes = record->numbers[1];
    link->instruction = record->texts[0];
    link->prompts = record->texts[1];
    return PAM_LINK_ASKS;
}

/* PAM may ask the user only where that is expected. */
static enum pam_link_result ask(struct pam_link *link, const struct record *question,
                                bool may_be_asked)
{
    struct record answer;
    enum err err = link->fd < 0 ? ERR_DISCONNECTED : record_socket_send(link->fd, question, NULL);
    if (err == OK)
        err = receive(link, &answer, NULL);
    if (err == OK && answer.type != RECORD_PAM_ANSWER &&
        (answer.type != RECORD_PAM_QUESTIONS || !may_be_asked))
        err = ERR_BAD_STATE;
    if (err == OK)
        return take(link, &answer);
    (void)snprintf(link->why, sizeof(link->why), "%s", err_text(err));
    link->is_lost = link->id > 0;
    descriptor_close(&link->fd);
    return PAM_LINK_DENIED;
}

/* ---- the process ---- */

/* In the new process. Signals typed at our terminal are not for it. */
static bool keep_log(void *context)
{
    (void)context;
    return setpgid(0, 0) == 0 && dup2(log_descriptor(), STDERR_FILENO) >= 0;
}

static enum err launch(struct pam_link *link)
{
    char log[LOG_ARGUMENT_MAX];
    char *arguments[] = { log, NULL };
    const struct companion_setup setup = { .name = "glasshd-pam",
                                           .arguments = arguments,
                                           .prepare = keep_log };
    log_describe(log);
    return companion_start_linked(&setup, &link->fd, &link->id);
}

static enum err start(struct pam_link *link, const struct pam_link_setup *setup)
{
    char connection[CONNECTION_MAX];
    (void)snprintf(connection, sizeof(connection), "%s %u %s %u", setup->peer.address,
                   setup->peer.port, setup->local.address, setup->local.port);
    const struct record record = {
        RECORD_PAM_START,
        { setup->may_be_empty },
        { bytes_text(setup->service), setup->user, bytes_text(setup->peer.address),
          bytes_text(connection) },
    };
    descendants_adopt(&link->others);
    TRY(launch(link));
    return record_socket_send(link->fd, &record, NULL);
}

void pam_link_begin(struct pam_link *link)
{
    buf_clear(&link->text);
    *link->why = '\0';
}

void pam_link_start(struct pam_link *link, const struct pam_link_setup *setup)
{
    if (link->id != 0)
        return;
    link->watch_fd = setup->watch_fd;
    link->until_ms = setup->grace_ms ? link->began_ms + setup->grace_ms : 0;
    enum err err = start(link, setup);
    if (err == OK)
        return;
    log_error("glasshd-pam cannot be started: %s", system_error_text(err));
    descriptor_close(&link->fd);
}

/* ---- the questions ---- */

void pam_link_tell(struct pam_link *link, struct bytes proofs)
{
    const struct record record = { RECORD_PAM_PROOFS, { 0 }, { proofs } };
    if (link->fd >= 0)
        (void)!record_socket_send(link->fd, &record, NULL);
}

enum pam_link_result pam_link_password(struct pam_link *link, struct bytes password, bool may)
{
    return ask(link, &(struct record){ RECORD_PAM_PASSWORD, { may }, { password } }, false);
}

enum pam_link_result pam_link_ask(struct pam_link *link, bool may)
{
    return ask(link, &(struct record){ RECORD_PAM_ASK, { may }, { BYTES_NONE } }, true);
}

enum pam_link_result pam_link_answer(struct pam_link *link, struct bytes answers)
{
    return ask(link, &(struct record){ RECORD_PAM_ANSWERS, { link->count }, { answers } }, true);
}

enum pam_link_result pam_link_account(struct pam_link *link)
{
    return ask(link, &(struct record){ .type = RECORD_PAM_ACCOUNT }, false);
}

enum pam_link_result pam_link_session(struct pam_link *link)
{
    /* A session is opened once: a user who was refused, as by maxlogins, stays refused for this connection. */
    if (link->has_session) {
        (void)snprintf(link->why, sizeof(link->why), "it was refused before");
        return PAM_LINK_DENIED;
    }
    link->has_session = link->fd >= 0;
    descendants_release(); /* processes that outlive a session are not ours to end */
    enum pam_link_result result = ask(link, &(struct record){ .type = RECORD_PAM_SESSION }, false);
    link->gate.is_open = result == PAM_LINK_GRANTED;
    return result;
}

enum err pam_link_spawn(struct pam_link *link, const struct record *record,
                        const struct seqpacket_descriptors *passed, int *pidfd)
{
    struct record answer;
    struct seqpacket_descriptors taken = { .count = 0 };
    errno = ESRCH;
    TRY(record_socket_send(link->fd, record, passed));
    enum err err = receive(link, &answer, &taken);
    if (err == OK && answer.type != RECORD_PAM_SPAWNED)
        err = ERR_BAD_STATE;
    if (err == OK && answer.numbers[0] == 1 && taken.count == 1) {
        *pidfd = taken.fds[0];
        return OK;
    }
    seqpacket_close(&taken);
    errno = ESRCH;
    return err == OK ? ERR_SYSTEM : err;
}
