/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/pam/keeper.h"

#include "base/escape.h"
#include "os/clock.h"
#include "os/descendants.h"
#include "os/record_socket.h"
#include "programs/server/common/account.h"
#include "programs/server/common/log.h"
#include "programs/server/common/proofs.h"
#include "programs/server/pam/answer.h"
#include "programs/server/pam/conversation.h"
#include "programs/server/pam/refusal.h"
#include "programs/server/pam/start_session.h"

#include <errno.h>
#include <security/pam_appl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum {
    NAME_MAX_LEN = 255,
    DATAGRAM_MAX = 64 * 1024,
    ENVIRONMENT_MAX = 32 * 1024,
    EXIT_BROKEN = 2,
};

struct keeper {
    pid_t monitor;
    pam_handle_t *pam;
    struct conversation conversation;
    struct record_gate gate;
    char user[NAME_MAX_LEN + 1];
    int flags;          /* for pam_authenticate */
    int result;         /* of the last call, for pam_end */
    bool knows_account; /* the result of pam_acct_mgmt: */
    int account_result;
    bool has_credentials, has_session;
    struct start_session session;
};

/* ---- talking to the monitor ---- */

/* A module must not change the user. */
static bool user_is_the_same(const struct keeper *k)
{
    const void *user = NULL;
    return k->pam && pam_get_item(k->pam, PAM_USER, &user) == PAM_SUCCESS && user &&
           strcmp(user, k->user) == 0;
}

static enum err say(struct keeper *k, int result, struct bytes environment)
{
    enum answer answer = ANSWER_DENIED;
    k->result = result;
    const char *why = k->pam ? pam_strerror(k->pam, result) : "it does not start";
    if (result == PAM_SUCCESS)
        answer = ANSWER_GRANTED;
    else if (result == PAM_NEW_AUTHTOK_REQD)
        answer = ANSWER_EXPIRED;
    if (answer != ANSWER_DENIED && !user_is_the_same(k)) {
        answer = ANSWER_DENIED;
        why = "a module has changed the user";
    }
    const struct record record = {
        RECORD_PAM_ANSWER,
        { answer },
        { buf_bytes(&k->conversation.texts), bytes_text(why), environment },
    };
    enum err err = record_socket_send(k->conversation.monitor_fd, &record, NULL);
    buf_clear(&k->conversation.texts);
    return err;
}

/* ---- without the monitor ---- */

/* A module may wait for a process of its own, to which pam_exec gives its own session: ends both. */
static void end_all(int number)
{
    descendants_end(NULL);
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

/* Set again each time, because a module that changes its user for a while undoes it. */
static void end_with_monitor(const struct keeper *k)
{
    (void)signal(SIGTERM, end_all);
    descendants_adopt(NULL);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != k->monitor)
        (void)raise(SIGTERM);
}

/* A session that is opened must be closed, even if the monitor is gone. */
static void outlive_monitor(void)
{
    (void)prctl(PR_SET_PDEATHSIG, 0);
    (void)signal(SIGTERM, SIG_DFL);
    descendants_release();
}

/* ---- what it asks ---- */

static int set_up(struct keeper *k, const struct record *asked)
{
    char service[NAME_MAX_LEN + 1], host[NAME_MAX_LEN + 1];
    char connection[NAME_MAX_LEN + 1] = "SSH_CONNECTION=";
    const struct pam_conv conv = { conversation_hold, &k->conversation };
    size_t len = strlen(connection);
    if (!bytes_to_text(asked->texts[0], service, sizeof(service)) ||
        !bytes_to_text(asked->texts[1], k->user, sizeof(k->user)) ||
        !bytes_to_text(asked->texts[2], host, sizeof(host)) ||
        !bytes_to_text(asked->texts[3], connection + len, sizeof(connection) - len))
        return PAM_SYSTEM_ERR;
    int result = pam_start(service, k->user, &conv, &k->pam);
    if (result == PAM_SUCCESS)
        result = pam_set_item(k->pam, PAM_FAIL_DELAY, (const void *)refusal_pause);
    if (result == PAM_SUCCESS)
        result = pam_set_item(k->pam, PAM_RHOST, host);
    /* Some modules fail without a terminal, and there is none yet. */
    if (result == PAM_SUCCESS)
        result = pam_set_item(k->pam, PAM_TTY, "ssh");
    if (result == PAM_SUCCESS)
        result = pam_putenv(k->pam, connection);
    return result;
}

static enum err on_start(struct keeper *k, const struct record *asked)
{
    int result = set_up(k, asked);
    k->flags = asked->numbers[0] ? 0 : PAM_DISALLOW_NULL_AUTHTOK;
    if (result == PAM_SUCCESS)
        return OK;
    log_error("PAM: cannot start: %s", k->pam ? pam_strerror(k->pam, result) : "no memory");
    if (k->pam)
        (void)pam_end(k->pam, result);
    k->pam = NULL;
    return OK;
}

static const char PROOFS_VARIABLE[] = "SSH_AUTH_INFO_0=";

/* As sshd does. The session does not get this variable. */
static enum err on_proofs(struct keeper *k, const struct record *told)
{
    scoped(buf) entry = BUF_EMPTY(sizeof(PROOFS_VARIABLE) + PROOFS_TEXT_MAX);
    TRY(buf_append_text(&entry, PROOFS_VARIABLE));
    TRY(proofs_write(told->texts[0], &entry));
    if (k->pam)
        (void)pam_putenv(k->pam, buf_text(&entry));
    return OK;
}

static int authenticate(struct keeper *k, enum conversation_mode mode, bool is_real)
{
    k->conversation.heard_us = clock_now().us;
    k->conversation.mode = mode;
    k->conversation.is_real = is_real;
    k->knows_account = false;
    end_with_monitor(k);
    return k->pam ? pam_authenticate(k->pam, k->flags) : PAM_SYSTEM_ERR;
}

static int ask_account(struct keeper *k)
{
    end_with_monitor(k);
    if (!k->knows_account)
        k->account_result = k->pam ? pam_acct_mgmt(k->pam, 0) : PAM_SYSTEM_ERR;
    k->knows_account = true;
    return k->account_result;
}

static enum err on_password(struct keeper *k, const struct record *asked)
{
    k->conversation.password = asked->texts[0];
    int result = authenticate(k, CONVERSATION_PASSWORD, asked->numbers[0]);
    k->conversation.password = BYTES_NONE;
    k->conversation.mode = CONVERSATION_SILENT;
    return say(k, result, BYTES_NONE);
}

/* A user who can be asked can be asked for a new password, too. */
static enum err on_ask(struct keeper *k, const struct record *asked)
{
    int result = authenticate(k, CONVERSATION_ASKS, asked->numbers[0]);
    if (result == PAM_SUCCESS && asked->numbers[0] && user_is_the_same(k) &&
        ask_account(k) == PAM_NEW_AUTHTOK_REQD) {
        result = pam_chauthtok(k->pam, PAM_CHANGE_EXPIRED_AUTHTOK);
        k->account_result = result;
    }
    k->conversation.mode = CONVERSATION_SILENT;
    /* If another record came instead of answers, the monitor expects no reply to the question. */
    return buf_len(&k->conversation.pending) ? OK : say(k, result, BYTES_NONE);
}

static enum err on_account(struct keeper *k)
{
    return say(k, ask_account(k), BYTES_NONE);
}

/* NAME=value, each ended by a NUL. */
static void read_environment(const struct keeper *k, struct buf *out)
{
    char **list = pam_getenvlist(k->pam);
    for (size_t i = 0; list && list[i]; i++) {
        size_t before = buf_len(out);
        if (!bytes_starts(bytes_text(list[i]), PROOFS_VARIABLE) &&
            buf_append(out, bytes_of(list[i], strlen(list[i]) + 1)) != OK)
            buf_truncate(out, before);
        bytes_wipe(list[i], strlen(list[i]));
        free(list[i]);
    }
    free(list);
}

/* Groups first: modules may add to them. */
static int open_session(struct keeper *k)
{
    struct account account;
    bool is_root = geteuid() == 0;
    if (!user_is_the_same(k) || account_find(bytes_text(k->user), &account) != OK)
        return PAM_USER_UNKNOWN;
    bool has_groups = !is_root || account_take_groups(&account) == OK;
    start_session_init(&k->session, &account);
    account_wipe(&account);
    if (!has_groups)
        return PAM_SYSTEM_ERR;
    int result = pam_setcred(k->pam, PAM_ESTABLISH_CRED);
    k->has_credentials = result == PAM_SUCCESS;
    /* A server that is not root's has its credentials already. */
    if (result != PAM_SUCCESS && is_root)
        return result;
    result = pam_open_session(k->pam, 0);
    k->has_session = result == PAM_SUCCESS;
    return result;
}

static enum err on_session(struct keeper *k)
{
    scoped(buf) environment = BUF_EMPTY(ENVIRONMENT_MAX);
    outlive_monitor();
    int result = k->pam ? open_session(k) : PAM_SYSTEM_ERR;
    if (result == PAM_SUCCESS && user_is_the_same(k)) {
        read_environment(k, &environment);
        k->gate.is_open = true;
    }
    return say(k, result, buf_bytes(&environment));
}

static enum err on_spawn(struct keeper *k, const struct record *asked,
                         struct seqpacket_descriptors *passed)
{
    struct seqpacket_descriptors process = { .count = 0 };
    bool is_there = start_session_process(&k->session, asked, passed);
    if (is_there)
        process = (struct seqpacket_descriptors){ { k->session.process.fd }, 1 };
    const struct record spawned = { RECORD_PAM_SPAWNED, { is_there }, { BYTES_NONE } };
    return record_socket_send(k->conversation.monitor_fd, &spawned, &process);
}

/* ---- the process ---- */

static enum err serve(struct keeper *k, const struct record *asked,
                      struct seqpacket_descriptors *passed)
{
    switch ((int)asked->type) {
    case RECORD_PAM_START:
        return on_start(k, asked);
    case RECORD_PAM_PROOFS:
        return on_proofs(k, asked);
    case RECORD_PAM_PASSWORD:
        return on_password(k, asked);
    case RECORD_PAM_ASK:
        return on_ask(k, asked);
    case RECORD_PAM_ACCOUNT:
        return on_account(k);
    case RECORD_PAM_SESSION:
        return on_session(k);
    case RECORD_PAM_SPAWN:
        return on_spawn(k, asked, passed);
    default:
        return ERR_BAD_STATE;
    }
}

/* The record that came instead of answers, or the next one. */
static enum err next_record(struct keeper *k, struct buf *room,
                            struct seqpacket_descriptors *passed)
{
    struct buf *pending = &k->conversation.pending;
    if (k->conversation.is_over)
        return ERR_DISCONNECTED;
    if (buf_len(pending) == 0) {
        TRY(seqpacket_take(k->conversation.monitor_fd, room, passed));
        return buf_len(room) ? OK : ERR_DISCONNECTED;
    }
    buf_keep(room, buf_bytes(pending));
    buf_clear(pending);
    return OK;
}

static enum err serve_until_spawned(struct keeper *k)
{
    scoped(buf) room = BUF_EMPTY(DATAGRAM_MAX);
    while (k->session.process.id == 0) {
        struct record record;
        struct seqpacket_descriptors passed = { .count = 0 };
        TRY(next_record(k, &room, &passed));
        enum err err = record_decode(buf_bytes(&room), &record);
        if (err == OK)
            err = record_admit(&k->gate, record.type, RECORD_MONITOR, RECORD_PAM);
        if (err == OK)
            err = serve(k, &record, &passed);
        seqpacket_close(&passed);
        TRY(err);
    }
    return OK;
}

static void close_all(struct keeper *k)
{
    k->conversation.mode = CONVERSATION_SILENT;
    if (k->pam && k->has_session)
        k->result = pam_close_session(k->pam, 0);
    if (k->pam && k->has_credentials)
        k->result = pam_setcred(k->pam, PAM_DELETE_CRED);
    if (k->pam)
        (void)pam_end(k->pam, k->result);
    start_session_wipe(&k->session);
    conversation_wipe(&k->conversation);
}

int keeper_run(int monitor_fd)
{
    struct keeper k = { .monitor = getppid(), .session = START_SESSION_NONE };
    conversation_init(&k.conversation, monitor_fd, &k.gate);
    enum err err = serve_until_spawned(&k);
    if (err == OK)
        start_session_await_end(&k.session, monitor_fd);
    close_all(&k);
    if (err == OK || err == ERR_DISCONNECTED || err == ERR_SYSTEM)
        return 0;
    log_error("the monitor broke a rule and glasshd-pam ends: %s", err_text(err));
    return EXIT_BROKEN;
}
