/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/listener/listener_internal.h"

#include "base/check.h"
#include "config/server_options.h"
#include "os/clock.h"
#include "os/descriptor.h"
#include "os/endpoint.h"
#include "os/login_record.h"
#include "os/process.h"
#include "os/system_error.h"
#include "os/tcp_view.h"
#include "programs/common/tcp_link.h"
#include "programs/server/common/log.h"
#include "programs/server/listener/cradle.h"
#include "programs/server/listener/heritage.h"
#include "programs/server/listener/porch_end.h"
#include "programs/server/listener/porch_link.h"
#include "programs/server/listener/tcp_entrance.h"
#include "programs/server/listener/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PAUSE_US = 100 * 1000, /* when descriptors or processes have run out */
    PORCH_LIFE_MS = 1000,  /* one that ends sooner is not restarted at once */
    TAKE_MAX = 64,         /* from the porch, before it is the others' turn */
    DISCARD_MAX = 1024 * 1024,
};

static struct pollfd *pipes(const struct listener *listener)
{
    return listener->polled + LISTENER_FIRST_STARTUP;
}

static sigset_t awaited_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGQUIT);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGCHLD);
    return signals;
}

void listener_block_signals(void)
{
    sigset_t signals = awaited_signals();
    CHECK(sigprocmask(SIG_BLOCK, &signals, NULL) == 0);
    (void)signal(SIGPIPE, SIG_IGN);
}

void listener_add_startup(struct listener *listener, int fd, pid_t id,
                          const struct admittance_visitor *visitor)
{
    admittance_enter(listener->admittance, visitor);
    listener->startups[listener->startup_count] = (struct listener_startup){ id, *visitor };
    pipes(listener)[listener->startup_count++] = (struct pollfd){ .fd = fd };
}

static bool bind_all(struct listener *listener)
{
    const struct listener_setup *setup = &listener->setup;
    const struct heritage *heritage = setup->heritage;
    if (setup->tcp)
        return tcp_entrance_open(setup->tcp, setup->options);
    sockets_open(&listener->sockets, setup->options, setup->keeps_syns, heritage->sockets,
                 heritage->socket_count);
    return listener->sockets.count > 0;
}

struct listener *listener_new(const struct listener_setup *setup)
{
    struct listener *listener = calloc(1, sizeof(*listener));
    CHECK(listener);
    listener->setup = *setup;
    listener->check = RELOAD_CHECK_NONE;
    listener->startup_max = admittance_most(setup->options->max_startups.full);
    listener->polled =
        calloc(LISTENER_FIRST_STARTUP + listener->startup_max, sizeof(struct pollfd));
    listener->startups = calloc(listener->startup_max, sizeof(*listener->startups));
    CHECK(listener->polled && listener->startups);
    listener->admittance = admittance_new(setup->options);

    sigset_t signals = awaited_signals();
    listener->signal_fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    CHECK(listener->signal_fd >= 0);
    listener->polled[LISTENER_SIGNALS] =
        (struct pollfd){ .fd = listener->signal_fd, .events = POLLIN };
    listener->polled[LISTENER_NOTICES] = listener->polled[LISTENER_VAULT] =
        listener->polled[LISTENER_TCP] = (struct pollfd){ .fd = -1 };

    listener_reload_adopt(listener, setup->heritage);
    if (bind_all(listener))
        return listener;
    listener_free(listener);
    return NULL;
}

void listener_free(struct listener *listener)
{
    if (!listener)
        return;
    close(listener->signal_fd);
    reload_check_forget(&listener->check);
    sockets_close(&listener->sockets);
    if (listener->setup.tcp)
        tcp_link_close(listener->setup.tcp);
    descriptor_close(&listener->kin[0]);
    descriptor_close(&listener->kin[1]);
    descriptor_close(&listener->taker_fd);
    for (size_t i = 0; i < listener->startup_count; i++)
        descriptor_close(&pipes(listener)[i].fd);
    admittance_free(listener->admittance);
    free(listener->startups);
    free(listener->polled);
    free(listener);
}

uint16_t listener_port(const struct listener *listener)
{
    return endpoint_local(listener->sockets.fds[0]).port;
}

/* Discards what the client sent, because otherwise the connection would be reset and our words lost. */
static void turn_away(int fd, struct bytes words)
{
    (void)!send(fd, words.data, words.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)shutdown(fd, SHUT_WR);
    endpoint_discard(fd, DISCARD_MAX);
}

static bool is_turned_away(struct listener *listener, const struct admittance_visitor *visitor,
                           const struct listener_connection *connection)
{
    const char *reason;
    int count = (int)listener->startup_count;
    enum admittance_verdict verdict = admittance_ask(listener->admittance, visitor, count, &reason);
    if (verdict == ADMITTANCE_GRANTED)
        return false;
    struct endpoint local = connection->local ? *connection->local : endpoint_local(connection->fd);
    /* A penalised client looks for the reason. */
    LOG_AT(verdict == ADMITTANCE_PENALTY ? OPTION_LOG_INFO : OPTION_LOG_VERBOSE, DROPPED,
           .count = events_number((uint64_t)count), .why = events_text(reason),
           .peer = events_text(visitor->peer.address),
           .peer_port = events_number(visitor->peer.port), .local = events_text(local.address),
           .local_port = events_number(local.port));
    turn_away(connection->fd, verdict == ADMITTANCE_TOO_MANY ? listener->setup.too_many_startups
                                                             : listener->setup.refused);
    return true;
}

/* In the new process: lets go of all that belongs to the listener and to other connections. */
_Noreturn static void become_connection(struct listener *listener,
                                        const struct listener_connection *connection)
{
    struct listener_setup setup = listener->setup;
    porch_link_leave(setup.porch);
    listener_free(listener);
    exit(setup.serve(setup.context, connection));
}

static void start_process(struct listener *listener, const struct admittance_visitor *visitor,
                          struct listener_connection connection)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        log_error("pipe: %s", strerror(errno));
        return;
    }
    /* _Fork, because handlers of the C library write to memory that a child could share. There is one thread. */
    pid_t child = _Fork();
    if (child == 0) {
        close(ends[0]);
        connection.waiting_fd = ends[1];
        become_connection(listener, &connection);
    }
    close(ends[1]);
    if (child < 0) {
        log_error("fork: %s", strerror(errno));
        close(ends[0]);
        return;
    }
    listener_add_startup(listener, ends[0], child, visitor);
}

static void on_arrived(struct listener *listener, const struct porch_link_event *event)
{
    struct admittance_visitor visitor = admittance_visitor_of(&event->peer);
    struct endpoint local =
        endpoint_of((const struct sockaddr *)&event->local, sizeof(event->local));
    const struct listener_connection connection = {
        .fd = event->fd,
        .peer = &visitor.peer,
        .local = event->local.ss_family == AF_UNSPEC ? NULL : &local,
        .cookie = bytes_of(event->cookie, sizeof(event->cookie)),
        .waiting_fd = -1,
    };
    if (listener->setup.once) {
        (void)listener->setup.serve(listener->setup.context, &connection);
        listener->has_served = true;
    } else if (!is_turned_away(listener, &visitor, &connection)) {
        start_process(listener, &visitor, connection);
    }
    close(connection.fd);
}

/* ---- the porch ---- */

enum err listener_open_porch(struct listener *listener)
{
    listener->porch_began = clock_now_ms();
    int tcp_fd = listener->taker_fd;
    listener->taker_fd = -1;
    if (listener->setup.tcp && tcp_fd < 0)
        TRY(tcp_link_take(listener->setup.tcp, &tcp_fd));
    const struct sockets *sockets = &listener->sockets;
    enum err err = porch_link_open(listener->setup.porch, sockets->fds, sockets->count, tcp_fd);
    descriptor_close(&tcp_fd);
    return err;
}

static void on_missed(const struct porch_link_event *event)
{
    struct admittance_visitor visitor = admittance_visitor_of(&event->peer);
    log_error("no descriptor for %s port %u: it is turned away", visitor.peer.address,
              visitor.peer.port);
}

static void on_gone(struct listener *listener, const struct porch_link_event *event)
{
    struct admittance_visitor visitor = admittance_visitor_of(&event->peer);
    log_peer(visitor.peer.address, visitor.peer.port);
    porch_end_log(event->why);
    log_no_peer();
    admittance_penalise(listener->admittance, &visitor, porch_end_class(event->why));
}

/* The listening sockets are ours, too: clients that connect now wait for the next porch. One that ends at once is not
 * restarted as fast as possible. */
static void renew_porch(struct listener *listener)
{
    log_error("glasshd-porch has ended and is started anew");
    porch_link_close(listener->setup.porch);
    if (clock_now_ms() - listener->porch_began < PORCH_LIFE_MS)
        usleep(PAUSE_US);
    enum err err = listener_open_porch(listener);
    if (err != OK)
        log_error("glasshd-porch cannot be started: %s", system_error_text(err));
}

static void take_from_porch(struct listener *listener)
{
    for (int i = 0; i < TAKE_MAX && !listener->has_served; i++) {
        struct porch_link_event event;
        porch_link_take(listener->setup.porch, &event);
        switch (event.kind) {
        case PORCH_LINK_NOTHING:
            return;
        case PORCH_LINK_ARRIVED:
            on_arrived(listener, &event);
            break;
        case PORCH_LINK_MISSED:
            on_missed(&event);
            break;
        case PORCH_LINK_GONE:
            on_gone(listener, &event);
            break;
        case PORCH_LINK_CROWDED:
            log_error("%u connections that had sent too little were closed to make room for others",
                      event.count);
            break;
        case PORCH_LINK_LOST:
            if (listener->is_draining)
                porch_link_leave(listener->setup.porch);
            else
                renew_porch(listener);
            return;
        }
    }
}

/* Its connections are gone, including those held on the porch. */
static void reopen_tcp(struct listener *listener)
{
    log_error("glassh-tcp has ended and is started anew");
    tcp_link_close(listener->setup.tcp);
    if (tcp_entrance_open(listener->setup.tcp, listener->setup.options))
        renew_porch(listener);
    else
        usleep(PAUSE_US);
}

/* ---- startups ---- */

void listener_forget_startup(struct listener *listener, size_t place)
{
    size_t last = --listener->startup_count;
    struct pollfd *all = pipes(listener);
    descriptor_close(&all[place].fd);
    admittance_leave(listener->admittance, &listener->startups[place].visitor);
    all[place] = all[last];
    listener->startups[place] = listener->startups[last];
}

/* An octet reports a login; for a pipe that ends without one the exit status of its process decides. */
static void hear_startups(struct listener *listener)
{
    struct pollfd *all = pipes(listener);
    for (size_t i = listener->startup_count; i-- > 0;) {
        char word;
        if (!all[i].revents)
            continue;
        if (read(all[i].fd, &word, 1) == 1) {
            listener_forget_startup(listener, i);
        } else {
            descriptor_close(&all[i].fd);
        }
    }
}

static void judge_startup(struct listener *listener, pid_t child, int status)
{
    for (size_t i = 0; i < listener->startup_count; i++) {
        if (listener->startups[i].id != child)
            continue;
        bool has_crashed =
            WIFSIGNALED(status) && WTERMSIG(status) != SIGTERM && WTERMSIG(status) != SIGKILL;
        admittance_judge(listener->admittance, &listener->startups[i].visitor,
                         has_crashed         ? OUTCOME_CRASH
                         : WIFEXITED(status) ? (enum outcome)WEXITSTATUS(status)
                                             : OUTCOME_GOOD);
        listener_forget_startup(listener, i);
        return;
    }
}

/* The child has not been reaped, so its name can still be read: it shows which part of the server is at fault. */
static void tell_death(pid_t child, int number)
{
    char name[PROCESS_NAME_MAX];
    if (number == SIGTERM || number == SIGKILL)
        return;
    process_name(child, name);
    LOG(PROCESS_DIED, .program = events_text(name), .process = events_number((uint64_t)child),
        .signal = events_number((uint64_t)number));
}

static void bury(struct listener *listener, pid_t child)
{
    int status;
    (void)waitpid(child, &status, 0);
    if (child == listener->setup.porch->id)
        listener->setup.porch->id = 0;
    if (listener->setup.tcp && child == listener->setup.tcp->id)
        listener->setup.tcp->id = 0;
    if (child == listener->check.process.id)
        listener_reload_judge(listener, status);
    judge_startup(listener, child, status);
    if (WIFSIGNALED(status))
        login_record_close_all(child); /* it could not do so itself */
}

static void bury_children(struct listener *listener)
{
    siginfo_t ended = { .si_pid = 0 };
    while (waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid > 0) {
        if (ended.si_code != CLD_EXITED)
            tell_death(ended.si_pid, ended.si_status);
        bury(listener, ended.si_pid);
        ended.si_pid = 0;
    }
}

/* The last of the signals that end the loop, or 0. SIGHUP does not replace a signal to stop. */
static int read_signals(struct listener *listener)
{
    struct signalfd_siginfo info;
    int last = 0;
    while (read(listener->signal_fd, &info, sizeof(info)) == sizeof(info)) {
        if (info.ssi_signo == SIGCHLD)
            bury_children(listener);
        else if (info.ssi_signo != SIGHUP || last == 0)
            last = (int)info.ssi_signo;
    }
    return last;
}

/* A worker crashed, so the addresses that it shares with the others may be known; or the nursery itself is gone. */
static void renew_nursery(struct listener *listener)
{
    LOG_BARE(WORKER_CRASHED);
    if (cradle_renew(listener->setup.cradle) != OK) {
        log_error("glasshd-worker cannot be started: %s", strerror(errno));
        usleep(PAUSE_US);
    }
}

/* Logins under way fail; existing connections reach the new keyd only when they are made anew. */
static void reopen_vault(struct listener *listener)
{
    log_error("glasshd-keyd has ended and is started anew");
    enum err err = vault_open(listener->setup.vault);
    if (err == OK)
        return;
    log_error("glasshd-keyd cannot be started: %s",
              err == ERR_BAD_VALUE ? "the host keys have changed" : system_error_text(err));
    usleep(10 * PAUSE_US);
}

static bool has_drained(const struct listener *listener)
{
    return listener->is_draining && listener->setup.porch->fd < 0 && listener->startup_count == 0;
}

static bool lacks_tcp(const struct listener *listener)
{
    const struct tcp_link *tcp = listener->setup.tcp;
    return tcp && tcp->fd < 0 && !listener->is_draining;
}

static bool lacks_porch(const struct listener *listener)
{
    return listener->setup.porch->fd < 0 && !listener->is_draining;
}

/* False: interrupted. */
static bool wait_for_something(struct listener *listener)
{
    const struct listener_setup *setup = &listener->setup;
    listener->polled[LISTENER_PORCH] = (struct pollfd){ .fd = setup->porch->fd, .events = POLLIN };
    listener->polled[LISTENER_NOTICES].fd = setup->cradle->notices_fd;
    listener->polled[LISTENER_NOTICES].events = POLLIN;
    listener->polled[LISTENER_VAULT].fd = setup->vault->fd;
    listener->polled[LISTENER_TCP].fd = setup->tcp ? setup->tcp->fd : -1;
    listener->polled[LISTENER_CHECK] =
        (struct pollfd){ .fd = listener->check.words_fd, .events = POLLIN };
    bool is_incomplete = lacks_porch(listener) || lacks_tcp(listener);
    return poll(listener->polled, LISTENER_FIRST_STARTUP + listener->startup_count,
                is_incomplete ? PAUSE_US / 1000
                              : reload_check_left_ms(&listener->check, clock_now_ms())) >= 0;
}

static void renew_what_ended(struct listener *listener)
{
    if (lacks_tcp(listener) || listener->polled[LISTENER_TCP].revents)
        reopen_tcp(listener);
    else if (lacks_porch(listener))
        renew_porch(listener);
    if (listener->polled[LISTENER_NOTICES].revents)
        renew_nursery(listener);
    if (listener->polled[LISTENER_VAULT].revents)
        reopen_vault(listener);
}

/* Whether the signal ends the server. A listener that drains has nothing to reload. */
static bool is_stopped_by(struct listener *listener, int signal_number)
{
    if (signal_number == 0 || (signal_number == SIGHUP && listener->is_draining))
        return false;
    if (signal_number == SIGHUP && listener->setup.argv) {
        listener_reload_begin(listener);
        return false;
    }
    reload_check_stop(&listener->check);
    LOG(STOPPED, .signal = events_number((uint64_t)signal_number));
    return true;
}

static void serve_what_came(struct listener *listener)
{
    renew_what_ended(listener);
    hear_startups(listener);
    if (listener->polled[LISTENER_KIN].revents) /* before the next connection */
        admittance_hear(listener->admittance, listener->kin[0]);
    if (listener->polled[LISTENER_PORCH].revents)
        take_from_porch(listener);
    listener_reload_tend(listener);
}

enum listener_end listener_run(struct listener *listener)
{
    while (!listener->has_served && !has_drained(listener)) {
        if (!wait_for_something(listener))
            continue;
        if (is_stopped_by(listener, read_signals(listener)))
            return LISTENER_STOPPED;
        if (listener->may_reload)
            return LISTENER_RELOAD;
        serve_what_came(listener);
    }
    return LISTENER_STOPPED;
}
