/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/sandbox_check.h"

#include "base/buf.h"
#include "base/check.h"
#include "ipc/record.h"
#include "os/endpoint.h"
#include "os/file.h"
#include "os/seqpacket.h"
#include "programs/common/tcp_link.h"
#include "programs/server/common/account.h"
#include "programs/server/common/log.h"
#include "programs/server/common/policy.h"
#include "programs/server/listener/cradle.h"
#include "programs/server/listener/porch_link.h"
#include "programs/server/listener/vault.h"
#include "programs/server/monitor/pam_link.h"
#include "programs/server/session/session.h"
#include "programs/server/session_launch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FILE_MAX = 256 * 1024, VALUE_MAX = 256 };

/* One process, and what it must be. */
struct subject {
    const char *role;
    pid_t id;
    uid_t uid;
    const char *root; /* its root directory */
    bool is_locked_in;
};

/* ---- /proc ---- */

static bool read_proc(pid_t id, const char *name, struct buf *out)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof(path), "/proc/%ld/%s", (long)id, name);
    return file_read(path, out, NULL) == OK;
}

/* The value of a row of /proc/ID/status, blanks for tabs; "?" without one. */
static void status_of(pid_t id, const char *name, char value[VALUE_MAX])
{
    scoped(buf) text = BUF_EMPTY(FILE_MAX);
    (void)strcpy(value, "?");
    if (!read_proc(id, "status", &text))
        return;
    struct bytes rest = buf_bytes(&text);
    while (rest.len) {
        struct bytes row = bytes_cut(&rest, '\n');
        if (bytes_is(bytes_cut(&row, ':'), name) &&
            bytes_to_text(bytes_trim(row), value, VALUE_MAX))
            for (char *at = value; (at = strchr(at, '\t')); at++)
                *at = ' ';
    }
}

static bool link_of(pid_t id, const char *name, char target[VALUE_MAX])
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof(path), "/proc/%ld/%s", (long)id, name);
    ssize_t len = readlink(path, target, VALUE_MAX - 1);
    target[len > 0 ? len : 0] = '\0';
    return len > 0;
}

/* What the kernel shows to root and the same user only, and to root alone of a process with secrets in it. */
static bool is_hidden(const struct subject *s)
{
    char root[VALUE_MAX];
    return !link_of(s->id, "root", root) && (errno == EACCES || errno == EPERM);
}

/* ---- judgement ---- */

static bool told(bool is_right, const char *what, const char *value, const char *wanted)
{
    if (is_right)
        printf("  %-13s %s\n", what, value);
    else
        printf("  %-13s %s  WRONG: %s\n", what, value, wanted);
    return is_right;
}

static void tell_hidden(const char *what)
{
    printf("  %-13s not visible to this user\n", what);
}

static bool check_identity(const struct subject *s)
{
    char uids[VALUE_MAX], wanted[VALUE_MAX];
    unsigned long uid = s->uid;
    status_of(s->id, "Uid", uids);
    (void)snprintf(wanted, sizeof(wanted), "%lu %lu %lu %lu", uid, uid, uid, uid);
    return told(strcmp(uids, wanted) == 0, "uid", uids, wanted);
}

static bool check_root(const struct subject *s)
{
    char root[VALUE_MAX];
    (void)link_of(s->id, "root", root);
    return told(strcmp(root, s->root) == 0, "root", root, s->root);
}

static bool check_rights(const struct subject *s)
{
    static const char none[] = "0000000000000000";
    char caps[VALUE_MAX], privs[VALUE_MAX], filter[VALUE_MAX];
    status_of(s->id, "CapEff", caps);
    status_of(s->id, "NoNewPrivs", privs);
    status_of(s->id, "Seccomp", filter);
    bool is_right = told(s->uid == 0 || strcmp(caps, none) == 0, "capabilities", caps, "none");
    is_right &= told(!s->is_locked_in || strcmp(privs, "1") == 0, "no new privs", privs, "1");
    return told(!s->is_locked_in || strcmp(filter, "2") == 0, "seccomp", filter, "2 (a filter)") &&
           is_right;
}

/* Pipes, sockets and the kernel's own; of files only what was inherited as stderr, and /dev/null. A TUN device is
 * harmless in the hands of glassh-tcp, which is there for it. */
static bool is_harmless(const char *fd, const char *target)
{
    return strncmp(target, "pipe:", 5) == 0 || strncmp(target, "socket:", 7) == 0 ||
           strncmp(target, "anon_inode:", 11) == 0 || strcmp(target, "/dev/null") == 0 ||
           strcmp(target, "/dev/net/tun") == 0 || strcmp(fd, "2") == 0;
}

static bool check_descriptors(const struct subject *s)
{
    char path[64], line[1024] = "";
    bool is_right = true;
    (void)snprintf(path, sizeof(path), "/proc/%ld/fd", (long)s->id);
    DIR *folder = opendir(path);
    struct dirent *entry;
    while (folder && (entry = readdir(folder))) {
        char name[300], target[VALUE_MAX];
        (void)snprintf(name, sizeof(name), "fd/%s", entry->d_name);
        if (entry->d_name[0] == '.' || !link_of(s->id, name, target))
            continue;
        is_right &= !s->is_locked_in || is_harmless(entry->d_name, target);
        size_t len = strlen(line);
        (void)snprintf(line + len, sizeof(line) - len, "%s%s=%.*s", len ? " " : "", entry->d_name,
                       (int)strcspn(target, ":"), target);
    }
    if (folder)
        (void)closedir(folder);
    return told(is_right, "descriptors", line, "no file, terminal or device");
}

/* Root can always have its own. */
static bool check_namespaces(const struct subject *s)
{
    static const char owned[] = "net=own mnt=own pid=shared ipc=own uts=own user=shared";
    static const char *const names[] = { "net", "mnt", "pid", "ipc", "uts", "user" };
    char line[VALUE_MAX] = "", theirs[VALUE_MAX], ours[VALUE_MAX], path[32];
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        (void)snprintf(path, sizeof(path), "ns/%s", names[i]);
        bool is_own = link_of(s->id, path, theirs) && link_of(getpid(), path, ours) &&
                      strcmp(theirs, ours) != 0;
        size_t len = strlen(line);
        (void)snprintf(line + len, sizeof(line) - len, "%s%s=%s", len ? " " : "", names[i],
                       is_own ? "own" : "shared");
    }
    return told(!s->is_locked_in || geteuid() != 0 || strcmp(line, owned) == 0, "namespaces", line,
                owned);
}

static void tell_libraries(const struct subject *s)
{
    scoped(buf) maps = BUF_EMPTY(FILE_MAX);
    char last[VALUE_MAX] = "", path[VALUE_MAX];
    if (!read_proc(s->id, "maps", &maps))
        return;
    printf("  %-13s", "libraries");
    struct bytes rest = buf_bytes(&maps);
    while (rest.len) {
        struct bytes row = bytes_cut(&rest, '\n');
        struct bytes file = bytes_skip(row, bytes_find(row, '/'));
        if (!bytes_to_text(file, path, sizeof(path)) || !strstr(path, ".so") ||
            strcmp(path, last) == 0)
            continue;
        printf(" %s", strrchr(path, '/') + 1);
        (void)strcpy(last, path);
    }
    printf("\n");
}

static bool check_subject(const struct subject *s)
{
    printf("%s\n", s->role);
    bool is_right = check_identity(s);
    is_right &= check_rights(s);
    if (is_hidden(s)) {
        static const char *const hidden[] = { "root", "descriptors", "namespaces", "libraries" };
        for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
            tell_hidden(hidden[i]);
        return is_right;
    }
    is_right &= check_root(s);
    is_right &= check_descriptors(s);
    is_right &= check_namespaces(s);
    tell_libraries(s);
    return is_right;
}

/* ---- the processes ---- */

/* The kernel will tell which process each octet came from. */
static void learn_senders(int fd)
{
    const int on = 1;
    CHECK(setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == 0);
}

/* A connection whose peer is this process: the monitor's id. */
static pid_t start_connection(const struct serve_setup *setup, struct cradle *cradle, int *peer_fd)
{
    int ends[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0);
    learn_senders(ends[0]);
    pid_t id = fork();
    if (id == 0) {
        (void)close(ends[0]);
        cradle_leave(cradle);
        _exit(serve_connection(
            setup, &(struct serve_descriptors){
                       .in = ends[1], .out = ends[1], .waiting = -1, .cradle = cradle->fd }));
    }
    (void)close(ends[1]);
    *peer_fd = ends[0];
    return id;
}

/* A session without a login: of an ordinary user where the server is root's. */
static pid_t start_session(const struct serve_setup *setup, const struct account *account,
                           int *worker_fd)
{
    static const struct policy nothing;
    const struct session_host host = { .options = setup->options,
                                       .account = account,
                                       .policy = &nothing };
    int ends[2];
    enum err err = seqpacket_pair(ends);
    CHECK(err == OK);
    learn_senders(ends[0]);
    struct session_launched launched;
    err = session_launch_process(&host, NULL, ends[1], &launched);
    if (err != OK)
        log_fatal("glasshd-session cannot be started: %s", strerror(errno));
    (void)close(ends[1]);
    (void)close(launched.records_fd);
    (void)close(launched.pidfd);
    *worker_fd = ends[0];
    return launched.id;
}

/* Until a process has said something: then it is what it will be. Which one it is; 0: none. */
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

static enum err send_record(int fd, const struct record *record)
{
    scoped(buf) datagram = BUF_EMPTY(RECORD_LEN_MAX);
    TRY(record_encode(record, &datagram));
    return seqpacket_send(fd, buf_bytes(&datagram), NULL);
}

/* Until the session answers: then it is a program of its own. */
static pid_t await_session(int fd)
{
    const struct record open = { RECORD_SESSION_OPEN, { 1 }, { BYTES_NONE } };
    const struct record question = { RECORD_SESSION_BREAK, { 1 }, { BYTES_NONE } };
    return send_record(fd, &open) == OK && send_record(fd, &question) == OK ? await_octet(fd) : 0;
}

static void end(pid_t id, int fd)
{
    (void)close(fd);
    (void)kill(id, SIGTERM);
    (void)waitpid(id, NULL, 0);
}

/* Where nobody can connect: it is bound to no address. */
static void start_porch(struct porch_link *porch)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    enum err err = fd >= 0 ? porch_link_open(porch, &fd, 1, -1) : ERR_SYSTEM;
    if (err != OK)
        log_fatal("glasshd-porch cannot be started: %s", strerror(errno));
    (void)close(fd);
}

static void start_tcp(struct tcp_link *tcp)
{
    scoped(buf) problem = BUF_EMPTY(1024);
    if (tcp_link_open(tcp, &problem) != OK)
        log_fatal("%s", buf_text(&problem));
}

/* It has answered, so it is a program of its own. No more is asked than the account: nobody logs in. */
static void start_pam(struct pam_link *pam, const struct serve_setup *setup,
                      const struct account *user)
{
    const struct pam_link_setup asked = { .service = setup->options->pam_service_name,
                                          .user = bytes_text(user->name),
                                          .peer = endpoint_peer(-1),
                                          .local = endpoint_local(-1),
                                          .watch_fd = -1 };
    pam_link_init(pam);
    if (!setup->options->use_pam)
        return;
    pam_link_start(pam, &asked);
    (void)pam_link_account(pam);
}

struct started {
    struct account user; /* the session's */
    struct pam_link pam; /* only with UsePAM */
    pid_t monitor, worker, session;
    int peer_fd, worker_fd;
};

static bool start_all(struct started *started, const struct serve_setup *setup,
                      struct cradle *cradle, struct porch_link *porch)
{
    if (geteuid() != 0 || account_find(BYTES_LITERAL("nobody"), &started->user) != OK)
        account_copy(setup->account, &started->user);
    if (cradle_renew(cradle) != OK)
        log_fatal("glasshd-worker cannot be started: %s", strerror(errno));
    start_porch(porch);
    started->monitor = start_connection(setup, cradle, &started->peer_fd);
    started->session = start_session(setup, &started->user, &started->worker_fd);
    start_pam(&started->pam, setup, &started->user);
    started->worker = await_octet(started->peer_fd);
    return started->worker && await_session(started->worker_fd) == started->session;
}

static void end_all(struct started *started, struct porch_link *porch)
{
    end(started->monitor, started->peer_fd);
    end(started->session, started->worker_fd);
    pam_link_wipe(&started->pam);
    porch_link_close(porch);
    account_wipe(&started->user);
}

static bool check_tcp(struct tcp_link *tcp, const char *root)
{
    uid_t uid = geteuid() == 0 ? tcp_link_identity(tcp).uid : geteuid();
    start_tcp(tcp);
    const struct subject subject = { "glassh-tcp", tcp->id, uid, root, true };
    bool is_right = check_subject(&subject);
    tcp_link_close(tcp);
    return is_right;
}

int sandbox_check_run(const struct serve_setup *setup, struct cradle *cradle,
                      const struct vault *vault, struct porch_link *porch, struct tcp_link *tcp,
                      pid_t offer)
{
    struct started started;
    log_open(OPTION_LOG_QUIET, true);
    bool is_right = start_all(&started, setup, cradle, porch), is_root = geteuid() == 0;
    uid_t self = geteuid(), worker = is_root ? cradle->sandbox.uid : self;
    const char *root = is_root ? cradle->sandbox.empty_directory : "/";
    const struct subject subjects[] = {
        { "porch", porch->id, is_root ? porch_link_identity(porch).uid : self, root, true },
        { "monitor", started.monitor, self, "/", false },
        { "nursery", cradle->id, worker, root, false },
        { "worker", started.worker, worker, root, true },
        { "session", started.session, started.user.uid, "/", false },
        { "keyd", vault->id, is_root ? vault_identity(vault).uid : self, root, true },
        { "offer", offer, worker, root, true },
        { "pam", started.pam.id, self, "/", false },
    };
    for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++)
        if (subjects[i].id != 0 || subjects[i].is_locked_in)
            is_right &= check_subject(&subjects[i]);
    if (tcp)
        is_right &= check_tcp(tcp, root);
    end_all(&started, porch);
    printf("%s\n", is_right ? "everything is as it should be" : "something is not as it should be");
    return is_right ? 0 : 1;
}
