/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/serve.h"

#include "base/check.h"
#include "config/server_options.h"
#include "os/endpoint.h"
#include "os/file.h"
#include "os/seqpacket.h"
#include "os/tcp_view.h"
#include "programs/server/common/account.h"
#include "programs/server/common/log.h"
#include "programs/server/monitor/host_keys.h"
#include "programs/server/monitor/monitor.h"
#include "programs/server/monitor/monitor_service.h"
#include "programs/server/narrator.h"
#include "programs/server/session/session.h"
#include "programs/server/session/session_service.h"
#include "programs/server/worker/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SERVE_FAILED = 255, BANNER_MAX = 64 * 1024 };

/* Made at each start, because /run is empty after one. */
static const char EMPTY_DIRECTORY[] = "/run/glasshd";
static const char *const WORKER_USERS[] = { "sshd", "nobody" };

enum err serve_prepare(struct sandbox_setup *sandbox)
{
    *sandbox = (struct sandbox_setup){ 0 };
    if (geteuid() != 0)
        return OK;
    struct stat status;
    if ((mkdir(EMPTY_DIRECTORY, 0755) != 0 && errno != EEXIST) ||
        lstat(EMPTY_DIRECTORY, &status) != 0)
        return ERR_SYSTEM;
    errno = EPERM;
    if (!S_ISDIR(status.st_mode) || status.st_uid != 0 || (status.st_mode & 022))
        return ERR_SYSTEM;
    const struct passwd *user = NULL;
    for (size_t i = 0; !user && i < sizeof(WORKER_USERS) / sizeof(WORKER_USERS[0]); i++)
        user = getpwnam(WORKER_USERS[i]);
    errno = ENOENT;
    if (!user || user->pw_uid == 0)
        return ERR_SYSTEM;
    *sandbox = (struct sandbox_setup){ user->pw_uid, user->pw_gid, EMPTY_DIRECTORY };
    return OK;
}

struct serving {
    const struct serve_setup *setup;
    struct monitor *monitor;
    struct endpoint peer, local;
    int in_fd, out_fd, waiting_fd;
    int monitor_ends[2], session_ends[2]; /* the first ones are the worker's */
    int lifeline[2]; /* a pipe: the worker has its reading end, the others hold the writing one */
    pid_t worker, session;
};

static void close_descriptor(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

/* ---- the worker ---- */

/* What the server was started with is not for the worker, but for stderr, where --explain writes. */
static void leave_standard_streams(void)
{
    int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    CHECK(null_fd >= 0 && dup2(null_fd, STDIN_FILENO) >= 0 && dup2(null_fd, STDOUT_FILENO) >= 0);
    (void)close(null_fd);
}

static void forget_keys(const struct serve_setup *setup)
{
    struct host_keys keys = *setup->host_keys;
    host_keys_wipe(&keys);
}

static int run_worker(struct serving *s)
{
    const struct serve_setup *setup = s->setup;
    close_descriptor(&s->monitor_ends[1]);
    close_descriptor(&s->session_ends[1]);
    close_descriptor(&s->lifeline[1]);
    scoped(buf) host_keys = BUF_EMPTY(UINT16_MAX);
    enum err err = buf_append(&host_keys, buf_bytes(&setup->host_keys->blobs));
    CHECK(err == OK);
    struct worker_setup worker = {
        .in_fd = s->in_fd,
        .out_fd = s->out_fd,
        .waiting_fd = s->waiting_fd,
        .peer = s->peer,
        .local = s->local,
        .options = setup->options,
        .offer = setup->offer,
        .host_keys = buf_bytes(&host_keys),
        .auth_methods = monitor_methods(s->monitor),
        .monitor_fd = s->monitor_ends[0],
        .session_fd = s->session_ends[0],
        .lifeline_fd = s->lifeline[0],
        .sandbox = setup->sandbox,
    };
    scoped(buf) banner = BUF_EMPTY(BANNER_MAX);
    if (setup->options->banner && strcmp(setup->options->banner, "none") != 0 &&
        file_read(setup->options->banner, &banner, NULL) == OK)
        worker.banner = buf_bytes(&banner);
    forget_keys(setup);
    leave_standard_streams();
    struct narrator *narrator = setup->explains ? narrator_new(&s->peer, &s->local) : NULL;
    worker.trace = narrator_trace(narrator);
    if (narrator)
        tcp_view_accepted(s->in_fd, worker.trace);
    int status = worker_run(&worker);
    narrator_free(narrator);
    return status;
}

/* ---- the session ---- */

static int run_session(struct serving *s)
{
    const struct session_host host = {
        .options = s->setup->options,
        .account = monitor_account(s->monitor),
        .policy = monitor_policy(s->monitor),
        .peer = s->peer,
        .local = s->local,
    };
    close_descriptor(&s->monitor_ends[1]);
    forget_keys(s->setup);
    if (account_become(host.account) != OK) {
        log_error("cannot become user %s: %s", host.account->name, strerror(errno));
        return SERVE_FAILED;
    }
    return session_service_run(&host, s->session_ends[1]);
}

static void on_accepted(void *context)
{
    struct serving *s = context;
    close_descriptor(&s->waiting_fd);
    s->session = fork();
    if (s->session == 0)
        _exit(run_session(s));
    if (s->session < 0)
        log_error("no process for the session: %s", strerror(errno));
    close_descriptor(&s->session_ends[1]);
    close_descriptor(&s->lifeline[1]);
}

/* ---- the monitor ---- */

static int status_of(pid_t id)
{
    int status = 0;
    while (id > 0 && waitpid(id, &status, 0) < 0 && errno == EINTR)
        ;
    if (id > 0 && WIFSIGNALED(status))
        log_error("a process of the connection was ended by signal %d", WTERMSIG(status));
    return WIFEXITED(status) ? WEXITSTATUS(status) : SERVE_FAILED;
}

/* It may be told to end at any time: the worker notices, and ends in good order. */
static void take_signals(void)
{
    sigset_t signals;
    sigfillset(&signals);
    CHECK(sigprocmask(SIG_UNBLOCK, &signals, NULL) == 0);
}

static int run_monitor(struct serving *s)
{
    take_signals();
    close_descriptor(&s->monitor_ends[0]);
    close_descriptor(&s->session_ends[0]);
    close_descriptor(&s->lifeline[0]);
    if (s->out_fd != s->in_fd)
        close_descriptor(&s->out_fd);
    close_descriptor(&s->in_fd);
    const struct monitor_service service = {
        .monitor = s->monitor,
        .worker_fd = s->monitor_ends[1],
        .accepted = on_accepted,
        .context = s,
    };
    if (!monitor_service_run(&service))
        (void)kill(s->worker, SIGKILL);
    close_descriptor(&s->session_ends[1]);
    int status = status_of(s->worker);
    if (s->session > 0)
        (void)status_of(s->session);
    return status;
}

int serve_connection(const struct serve_setup *setup, int in_fd, int out_fd, int waiting_fd)
{
    struct serving s = {
        .setup = setup,
        .peer = endpoint_peer(in_fd),
        .local = endpoint_local(in_fd),
        .in_fd = in_fd,
        .out_fd = out_fd,
        .waiting_fd = waiting_fd,
    };
    log_verbose("Connection from %s port %u on %s port %u", s.peer.address, s.peer.port,
                s.local.address, s.local.port);
    endpoint_tune(in_fd, setup->options->tcp_keep_alive);
    const struct monitor_setup monitor = {
        .options = setup->options,
        .host_keys = setup->host_keys,
        .account = setup->account,
        .serves_all = setup->serves_all,
        .peer = s.peer,
    };
    s.monitor = monitor_new(&monitor);
    if (seqpacket_pair(s.monitor_ends) != OK || seqpacket_pair(s.session_ends) != OK ||
        pipe2(s.lifeline, O_CLOEXEC) != 0 || (s.worker = fork()) < 0)
        log_fatal("no process for the connection: %s", strerror(errno));
    if (s.worker == 0)
        _exit(run_worker(&s));
    int status = run_monitor(&s);
    monitor_free(s.monitor);
    return status;
}
