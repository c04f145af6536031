/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/inspection/sandbox_cast.h"

#include "base/check.h"
#include "os/companion.h"
#include "os/endpoint.h"
#include "os/record_socket.h"
#include "os/system_error.h"
#include "programs/common/tcp_link.h"
#include "programs/server/authorizer_launch.h"
#include "programs/server/common/account.h"
#include "programs/server/common/log.h"
#include "programs/server/common/policy.h"
#include "programs/server/inspection/sandbox_proc.h"
#include "programs/server/listener/cradle.h"
#include "programs/server/listener/porch_link.h"
#include "programs/server/listener/vault.h"
#include "programs/server/monitor/pam_link.h"
#include "programs/server/password/judgement.h"
#include "programs/server/session/session.h"
#include "programs/server/session_launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 10 * 1000, PAUSE_US = 5 * 1000 };

struct sandbox_cast {
    const struct sandbox_cast_setup *setup;
    struct account user; /* the session's */
    struct pam_link pam; /* only with UsePAM */
    pid_t monitor, worker, verifier, session, authorizer, judge;
    int peer_fd, worker_fd, verifier_fd, authorizer_fd;
    struct sandbox_subject subjects[SANDBOX_ROLE_COUNT];
    size_t count;
};

/* ---- waiting ---- */

/* The kernel will report which process sent each octet. */
static void learn_senders(int fd)
{
    const int on = 1;
    CHECK(setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == 0);
}

/* Waits until a process has sent something: by then it is in its final state. Returns its id; 0: none. */
static pid_t await_octet(int fd)
{
    char octet;
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(struct ucred))];
    } control;
    struct ucred sender = { .pid = 0 };
    struct iovec part = { &octet, 1 };
    struct msghdr message = { .msg_iov = &part,
                              .msg_iovlen = 1,
                              .msg_control = &control,
                              .msg_controllen = sizeof(control) };
    int flags = fcntl(fd, F_GETFL);
    (void)fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
    if (recvmsg(fd, &message, 0) != 1)
        return 0;
    const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_CREDENTIALS)
        memcpy(&sender, CMSG_DATA(header), sizeof(sender));
    return sender.pid;
}

/* For a process that sends nothing: waits until it is the program and its memory is closed to others, which is the last
 * that it does before it waits for or works on what it was given. */
static void await_program(pid_t id, const char *name, uid_t uid, const char *states)
{
    enum { NAME_LEN = 15 };
    char value[SANDBOX_PROC_VALUE];
    for (int64_t us = 0; us < (int64_t)PATIENCE_MS * 1000; us += PAUSE_US) {
        sandbox_proc_status(id, "Name", value);
        bool is_it = strncmp(value, name, NAME_LEN) == 0;
        sandbox_proc_status(id, "Uid", value);
        is_it = is_it && strtoul(value, NULL, 10) == uid;
        sandbox_proc_status(id, "State", value);
        if (is_it && strchr(states, value[0]) && sandbox_proc_owner(id) == 0)
            return;
        (void)usleep(PAUSE_US);
    }
    log_fatal("%s does not begin", name);
}

/* ---- the processes ---- */

/* A connection whose peer is this process. */
static void start_monitor(struct sandbox_cast *cast)
{
    const struct sandbox_cast_setup *setup = cast->setup;
    int ends[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0);
    learn_senders(ends[0]);
    cast->monitor = fork();
    if (cast->monitor < 0)
        log_fatal("no process for a connection: %s", strerror(errno));
    if (cast->monitor == 0) {
        (void)close(ends[0]);
        cradle_leave(setup->cradle);
        _exit(serve_connection(
            setup->serve,
            &(struct serve_descriptors){
                .in = ends[1], .out = ends[1], .waiting = -1, .cradle = setup->cradle->fd }));
    }
    (void)close(ends[1]);
    cast->peer_fd = ends[0];
    cast->worker = await_octet(ends[0]);
    if (cast->worker == 0)
        log_fatal("glasshd-worker does not begin");
}

static int64_t inode(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 ? (int64_t)status.st_ino : -1;
}

struct search {
    pid_t worker;
    int64_t inode; /* of the socket that it has open */
};

/* If we may not see its descriptors, any process that is locked in, and so no longer being started, counts. */
static bool holds_socket(void *context, pid_t id)
{
    const struct search *search = context;
    char name[32], target[SANDBOX_PROC_VALUE], wanted[64];
    if (id == search->worker)
        return false;
    if (!sandbox_proc_link(id, "root", target)) {
        bool is_hidden = errno == EACCES;
        sandbox_proc_status(id, "Seccomp", target);
        return is_hidden && strcmp(target, "2") == 0;
    }
    (void)snprintf(wanted, sizeof(wanted), "socket:[%lld]", (long long)search->inode);
    for (int fd = 0; fd < 64; fd++) {
        (void)snprintf(name, sizeof(name), "fd/%d", fd);
        if (sandbox_proc_link(id, name, target) && strcmp(target, wanted) == 0)
            return true;
    }
    return false;
}

/* The verifier waits until it can answer, which is never: its socket is full. */
static void start_verifier(struct sandbox_cast *cast)
{
    const struct record question = { .type = RECORD_VERIFY };
    struct search search = { .worker = cast->worker };
    uint8_t filler[1024] = { 0 };
    int ends[2];
    enum err err = seqpacket_pair(ends);
    while (err == OK && send(ends[1], filler, sizeof(filler), MSG_DONTWAIT) > 0)
        ;
    const struct seqpacket_descriptors passed = { { ends[1] }, 1 };
    if (err == OK)
        err = record_socket_send(cast->setup->cradle->fd, &question, &passed);
    if (err != OK)
        log_fatal("no process judges keys: %s", err_text(err));
    search.inode = inode(ends[1]);
    (void)close(ends[1]);
    cast->verifier_fd = ends[0];
    for (int turn = 0; !cast->verifier && turn < PATIENCE_MS * 1000 / PAUSE_US; turn++) {
        (void)usleep(PAUSE_US);
        cast->verifier = sandbox_proc_find_child(cast->setup->cradle->id, holds_socket, &search);
    }
    if (!cast->verifier)
        log_fatal("no process judges keys");
}

/* A session without a login: of an ordinary user if the server is root's. Its answer shows that it is running its own
 * program. */
static void start_session(struct sandbox_cast *cast)
{
    static const struct policy nothing;
    const struct record open = { RECORD_SESSION_OPEN, { 1 }, { BYTES_NONE } };
    const struct record question = { RECORD_SESSION_BREAK, { 1 }, { BYTES_NONE } };
    const struct session_host host = { .options = cast->setup->serve->options,
                                       .account = &cast->user,
                                       .policy = &nothing };
    struct session_launched launched;
    int ends[2];
    enum err err = seqpacket_pair(ends);
    CHECK(err == OK);
    learn_senders(ends[0]);
    err = session_launch_process(&host, NULL, ends[1], &launched);
    if (err != OK)
        log_fatal("glasshd-session cannot be started: %s", system_error_text(err));
    (void)close(ends[1]);
    (void)close(launched.records_fd);
    (void)close(launched.process.fd);
    cast->session = launched.process.id;
    cast->worker_fd = ends[0];
    if (record_socket_send(ends[0], &open, NULL) != OK ||
        record_socket_send(ends[0], &question, NULL) != OK ||
        await_octet(ends[0]) != launched.process.id)
        log_fatal("glasshd-session does not answer");
}

/* The authorizer waits for a question. */
static void start_authorizer(struct sandbox_cast *cast)
{
    int ends[2];
    enum err err = seqpacket_pair(ends);
    if (err == OK)
        err = authorizer_launch(&cast->user, ends[1], &cast->authorizer);
    if (err != OK)
        log_fatal("glasshd-authorize cannot be started: %s", strerror(errno));
    (void)close(ends[1]);
    cast->authorizer_fd = ends[0];
    await_program(cast->authorizer, "glasshd-authorize", cast->user.uid, "S");
}

/* The judge computes a hash that takes minutes. */
static void start_judge(struct sandbox_cast *cast)
{
    static const char hash[] = "$6$rounds=999999999$glasshd$";
    const struct record question = {
        RECORD_PASSWORD,
        { 0 },
        { [JUDGEMENT_PASSWORD] = BYTES_LITERAL("?"), [JUDGEMENT_HASH] = BYTES_LITERAL(hash) },
    };
    int ends[2];
    enum err err = seqpacket_pair(ends);
    CHECK(err == OK);
    const struct companion_setup setup = { .name = "glasshd-password",
                                           .fds = { ends[1] },
                                           .fd_count = 1 };
    err = record_socket_send(ends[0], &question, NULL);
    if (err == OK)
        err = companion_start(&setup, &cast->judge);
    if (err != OK)
        log_fatal("glasshd-password cannot be started: %s", strerror(errno));
    (void)close(ends[0]);
    (void)close(ends[1]);
    await_program(cast->judge, "glasshd-password", geteuid() == 0 ? JUDGEMENT_NOBODY : geteuid(),
                  "R");
}

/* On a socket that nobody can connect to: it is bound to no address. */
static void start_porch(struct porch_link *porch)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    enum err err = fd >= 0 ? porch_link_open(porch, &fd, 1, -1) : ERR_SYSTEM;
    if (err != OK)
        log_fatal("glasshd-porch cannot be started: %s", system_error_text(err));
    (void)close(fd);
}

static void start_tcp(struct tcp_link *tcp)
{
    scoped(buf) problem = BUF_EMPTY(1024);
    if (tcp_link_open(tcp, &problem) != OK)
        log_fatal("%s", buf_text(&problem));
}

/* Its answer shows that it is running its own program. Only the account is asked about: nobody logs in. */
static void start_pam(struct sandbox_cast *cast)
{
    const struct server_options *options = cast->setup->serve->options;
    const struct pam_link_setup asked = { .service = options->pam_service_name,
                                          .user = bytes_text(cast->user.name),
                                          .peer = endpoint_peer(-1),
                                          .local = endpoint_local(-1),
                                          .watch_fd = -1 };
    pam_link_init(&cast->pam);
    if (!options->use_pam)
        return;
    pam_link_start(&cast->pam, &asked);
    (void)pam_link_account(&cast->pam);
}

/* ---- all of them ---- */

static void list(struct sandbox_cast *cast, enum sandbox_role_id role, pid_t id,
                 struct sandbox_setup identity)
{
    bool is_locked_in = sandbox_role_of(role)->kind == SANDBOX_ROLE_LOCKED_IN;
    bool is_users = sandbox_role_of(role)->kind == SANDBOX_ROLE_USERS;
    bool is_root = geteuid() == 0;
    cast->subjects[cast->count++] = (struct sandbox_subject){
        .role = role,
        .id = id,
        .uid = is_root ? identity.uid : geteuid(),
        .gid = is_root ? identity.gid : getegid(),
        .account = is_users ? &cast->user : NULL,
        .root = is_root && is_locked_in ? identity.empty_directory : "/",
    };
}

static void list_all(struct sandbox_cast *cast)
{
    const struct sandbox_cast_setup *setup = cast->setup;
    const struct sandbox_setup worker = setup->cradle->sandbox;
    const struct sandbox_setup self = { .uid = geteuid(), .gid = getegid() };
    const struct sandbox_setup user = { .uid = cast->user.uid, .gid = cast->user.gid };
    const struct sandbox_setup nobody = { .uid = JUDGEMENT_NOBODY, .gid = JUDGEMENT_NOBODY };
    list(cast, SANDBOX_ROLE_PORCH, setup->porch->id, porch_link_identity(setup->porch));
    list(cast, SANDBOX_ROLE_MONITOR, cast->monitor, self);
    list(cast, SANDBOX_ROLE_NURSERY, setup->cradle->id, worker);
    list(cast, SANDBOX_ROLE_WORKER, cast->worker, worker);
    list(cast, SANDBOX_ROLE_VERIFIER, cast->verifier, worker);
    list(cast, SANDBOX_ROLE_SESSION, cast->session, user);
    list(cast, SANDBOX_ROLE_AUTHORIZE, cast->authorizer, user);
    list(cast, SANDBOX_ROLE_PASSWORD, cast->judge, nobody);
    list(cast, SANDBOX_ROLE_KEYD, setup->vault->id, vault_identity(setup->vault));
    list(cast, SANDBOX_ROLE_OFFER, setup->offer, worker);
    if (cast->pam.id)
        list(cast, SANDBOX_ROLE_PAM, cast->pam.id, self);
    if (setup->tcp)
        list(cast, SANDBOX_ROLE_TCP, setup->tcp->id, tcp_link_identity(setup->tcp));
}

struct sandbox_cast *sandbox_cast_new(const struct sandbox_cast_setup *setup)
{
    struct sandbox_cast *cast = calloc(1, sizeof(*cast));
    CHECK(cast);
    cast->setup = setup;
    if (geteuid() != 0 || account_find(BYTES_LITERAL("nobody"), &cast->user) != OK)
        account_copy(setup->serve->account, &cast->user);
    if (cradle_renew(setup->cradle) != OK)
        log_fatal("glasshd-worker cannot be started: %s", strerror(errno));
    start_porch(setup->porch);
    start_monitor(cast);
    start_session(cast);
    start_verifier(cast);
    start_authorizer(cast);
    start_judge(cast);
    start_pam(cast);
    if (setup->tcp)
        start_tcp(setup->tcp);
    list_all(cast);
    return cast;
}

const struct sandbox_subject *sandbox_cast_subjects(const struct sandbox_cast *cast, size_t *count)
{
    *count = cast->count;
    return cast->subjects;
}

static void end(pid_t id, int fd, int signal)
{
    if (fd >= 0)
        (void)close(fd);
    (void)kill(id, signal);
    (void)waitpid(id, NULL, 0);
}

void sandbox_cast_free(struct sandbox_cast *cast)
{
    end(cast->monitor, cast->peer_fd, SIGTERM);
    end(cast->session, cast->worker_fd, SIGTERM);
    end(cast->authorizer, cast->authorizer_fd, SIGTERM);
    end(cast->judge, -1, SIGKILL);
    (void)close(cast->verifier_fd);
    pam_link_wipe(&cast->pam);
    if (cast->setup->tcp)
        tcp_link_close(cast->setup->tcp);
    porch_link_close(cast->setup->porch);
    account_wipe(&cast->user);
    free(cast);
}
