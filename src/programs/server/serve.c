/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/serve.h"

#include "base/check.h"
#include "config/server_options.h"
#include "os/descriptor.h"
#include "os/endpoint.h"
#include "os/record_socket.h"
#include "os/system_error.h"
#include "programs/server/authorizer_launch.h"
#include "programs/server/common/account.h"
#include "programs/server/common/log.h"
#include "programs/server/monitor/monitor.h"
#include "programs/server/monitor/monitor_service.h"
#include "programs/server/monitor/pam_link.h"
#include "programs/server/monitor/terms.h"
#include "programs/server/session/session.h"
#include "programs/server/session_launch.h"
#include "programs/server/worker/start.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BANNER_MAX = 64 * 1024, SECOND_MS = 1000, WORKER_PATIENCE_MS = 10 * SECOND_MS };

struct serving {
    const struct serve_setup *setup;
    struct monitor *monitor;
    struct endpoint peer, local;
    struct serve_descriptors fds;
    int monitor_ends[2], session_ends[2]; /* [0] is the worker's */
    int lifeline[2]; /* a pipe: the worker has the reading end, the monitor the writing end */
    struct session_launched session;
};

/* ---- the worker ---- */

static struct start start_of(const struct serving *s, struct bytes banner)
{
    const struct server_options *options = monitor_options(s->monitor);
    return (struct start){
        .peer = s->peer,
        .local = s->local,
        .offer = s->setup->offer,
        .host_keys = s->setup->host_keys,
        .user_key_algorithms = bytes_text(options->pubkey_accepted_algorithms),
        .auth_methods = monitor_methods(s->monitor),
        .banner = banner,
        .software = bytes_text(s->setup->software),
        .sent_cookie = s->fds.sent_cookie,
        .log_level = log_level(),
        .explains = s->setup->explains,
        .asks_terms = terms_depend_on_user(monitor_terms(s->monitor)),
        .is_joint = s->fds.local != NULL,
        .max_auth_tries = (uint32_t)options->max_auth_tries,
        .max_sessions = (uint32_t)options->max_sessions,
        .login_grace_time = (uint32_t)options->login_grace_time,
        .alive_interval = (uint32_t)options->client_alive_interval,
        .alive_count_max = (uint32_t)options->client_alive_count_max,
        .rekey_octets = options->rekey_limit.octets,
        .rekey_seconds = (uint32_t)options->rekey_limit.seconds,
    };
}

/* The first worker takes the connection; its descriptors belong to the worker from then on. */
static enum err give_to_worker(struct serving *s)
{
    const struct terms *terms = monitor_terms(s->monitor);
    scoped(buf) banner = BUF_EMPTY(BANNER_MAX);
    if (!terms_depend_on_user(terms))
        terms_banner(terms, &banner);
    const struct start start = start_of(s, buf_bytes(&banner));
    const struct record record = start_encode(&start);
    const struct seqpacket_descriptors passed = {
        .fds = { [START_MONITOR] = s->monitor_ends[0],
                 [START_SESSION] = s->session_ends[0],
                 [START_LIFELINE] = s->lifeline[0],
                 [START_IN] = s->fds.in,
                 [START_OUT] = s->fds.out },
        .count = START_DESCRIPTOR_COUNT,
    };
    TRY(record_socket_send(s->fds.cradle, &record, &passed));
    descriptor_close(&s->monitor_ends[0]);
    descriptor_close(&s->session_ends[0]);
    descriptor_close(&s->lifeline[0]);
    if (s->fds.out != s->fds.in)
        descriptor_close(&s->fds.out);
    descriptor_close(&s->fds.in);
    return OK;
}

/* ---- the session ---- */

static enum err start_session(struct serving *s)
{
    struct pam_link *pam = monitor_pam(s->monitor);
    const struct session_host host = {
        .options = monitor_options(s->monitor),
        .account = monitor_account(s->monitor),
        .policy = monitor_policy(s->monitor),
        .proofs = monitor_proofs(s->monitor),
        .peer = s->peer,
        .local = s->local,
        .pam_environment = pam ? buf_bytes(&pam->environment) : BYTES_NONE,
        .login_text = monitor_text(s->monitor),
    };
    return session_launch_process(&host, pam, s->session_ends[1], &s->session);
}

static void on_ended(void *context)
{
    struct serving *s = context;
    descriptor_close(&s->lifeline[1]);
}

static struct monitor_session on_accepted(void *context)
{
    struct serving *s = context;
    const struct pam_link *pam = monitor_pam(s->monitor);
    if (s->fds.waiting >= 0)
        (void)!write(s->fds.waiting, "", 1);
    descriptor_close(&s->fds.waiting);
    descriptor_close(&s->fds.cradle);
    enum err err = start_session(s);
    if (err != OK)
        log_error("no process for the session: %s", system_error_text(err));
    descriptor_close(&s->session_ends[1]);
    if (err != OK)
        on_ended(s);
    return (struct monitor_session){
        .end_fd = s->session.process.fd,
        .records_fd = s->session.records_fd,
        .keeper_fd = pam ? pam->fd : -1,
    };
}

/* ---- the monitor ---- */

static void bury_session(const struct serving *s)
{
    int status = 0;
    while (s->session.process.id > 0 && waitpid(s->session.process.id, &status, 0) < 0 &&
           errno == EINTR)
        ;
    if (s->session.process.id > 0 && WIFSIGNALED(status))
        log_error("the session of the connection was ended by signal %d", WTERMSIG(status));
}

/* Signals may end this process at any time: the worker notices, and ends in good order. */
static void take_signals(void)
{
    sigset_t signals;
    sigfillset(&signals);
    CHECK(sigprocmask(SIG_UNBLOCK, &signals, NULL) == 0);
}

/* The worker itself ends in good order after LoginGraceTime; one that was taken over would not. */
static int64_t grace_ms(const struct serving *s)
{
    int64_t grace_ms = (int64_t)monitor_options(s->monitor)->login_grace_time * SECOND_MS;
    return grace_ms ? grace_ms + WORKER_PATIENCE_MS : 0;
}

static int run_monitor(struct serving *s)
{
    take_signals();
    const struct monitor_service service = {
        .monitor = s->monitor,
        .peer = &s->peer,
        .worker_fd = s->monitor_ends[1],
        .grace_ms = grace_ms(s),
        .accepted = on_accepted,
        .ended = on_ended,
        .context = s,
    };
    int status = monitor_service_run(&service);
    descriptor_close(&s->monitor_ends[1]);
    descriptor_close(&s->session_ends[1]);
    descriptor_close(&s->lifeline[1]); /* a worker that still runs ends now */
    bury_session(s);
    descriptor_close(&s->session.process.fd);
    return status;
}

static enum outcome outcome_of(const struct serving *s, int status)
{
    enum outcome outcome = monitor_outcome(s->monitor);
    if (outcome == OUTCOME_GOOD)
        return outcome;
    if (status == MONITOR_SERVICE_UNSERVED)
        return OUTCOME_UNSERVED;
    if (status == MONITOR_SERVICE_CRASHED)
        return OUTCOME_CRASH;
    return status == OUTCOME_GRACE_EXCEEDED ? OUTCOME_GRACE_EXCEEDED : outcome;
}

enum outcome serve_connection(const struct serve_setup *setup,
                              const struct serve_descriptors *descriptors)
{
    struct serving s = {
        .setup = setup,
        .peer = descriptors->peer ? *descriptors->peer : endpoint_peer(descriptors->in),
        .local = descriptors->local ? *descriptors->local : endpoint_local(descriptors->in),
        .fds = *descriptors,
        .session = { .process = PROCESS_NONE, .records_fd = -1 },
    };
    log_peer(s.peer.address, s.peer.port);
    LOG(CONNECTED, .local = events_text(s.local.address),
        .local_port = events_number(s.local.port));
    endpoint_tune(s.fds.in, setup->options->tcp_keep_alive);
    if (seqpacket_pair(s.monitor_ends) != OK || seqpacket_pair(s.session_ends) != OK ||
        pipe2(s.lifeline, O_CLOEXEC) != 0)
        log_fatal("no process for the connection: %s", strerror(errno));
    const struct monitor_setup monitor = {
        .options = setup->options,
        .keyd_fd = setup->keyd_fd,
        .cradle_fd = descriptors->cradle,
        .start_authorizer = authorizer_launch,
        .account = setup->account,
        .serves_all = setup->serves_all,
        .peer = s.peer,
        .local = s.local,
        .worker_fd = s.monitor_ends[1],
    };
    s.monitor = monitor_new(&monitor);
    if (give_to_worker(&s) != OK)
        log_fatal("no process for the connection: %s", strerror(errno));
    enum outcome outcome = outcome_of(&s, run_monitor(&s));
    monitor_free(s.monitor);
    return outcome;
}
