/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/listener/listener.h"

#include "base/check.h"
#include "config/server_options.h"
#include "os/activation.h"
#include "os/endpoint.h"
#include "os/login_record.h"
#include "os/tcp_view.h"
#include "programs/common/tcp_link.h"
#include "programs/server/common/log.h"
#include "programs/server/listener/admittance.h"
#include "programs/server/listener/cradle.h"
#include "programs/server/listener/heritage.h"
#include "programs/server/listener/porch_end.h"
#include "programs/server/listener/porch_link.h"
#include "programs/server/listener/sockets.h"
#include "programs/server/listener/tcp_entrance.h"
#include "programs/server/listener/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SIGNALS, NOTICES, VAULT, PORCH, KIN, TCP, FIRST_STARTUP };

enum {
    LISTENER_PAUSE_US = 100 * 1000, /* when descriptors or processes have run out */
    LISTENER_PORCH_LIFE_MS = 1000,  /* one that lives shorter is not renewed at once */
    LISTENER_TAKE_MAX = 64,         /* from the porch, before others have their turn */
    LISTENER_DISCARD_MAX = 1024 * 1024,
};

/* A connection that is served and has not logged in. */
struct startup {
    pid_t id;
    struct admittance_visitor visitor;
};

struct listener {
    struct listener_setup setup;
    int signal_fd;
    struct sockets sockets; /* the porch has them, too */
    int kin[2], taker_fd;   /* heritage.h */
    bool is_draining;       /* it has no sockets, and ends with its porch and its last startup */
    int64_t porch_began;
    /* Polled together: the signals, the nursery's notices, the porch, then a pipe per startup that becomes
     * readable when its other end is closed. */
    struct pollfd *polled;
    size_t startup_count;
    size_t startup_max;
    struct startup *startups; /* by the place of their pipe */
    struct admittance *admittance;
    bool has_served; /* the only connection */
};

static void close_if_open(int fd)
{
    if (fd >= 0)
        (void)close(fd);
}

static struct pollfd *pipes(const struct listener *listener)
{
    return listener->polled + FIRST_STARTUP;
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

static void add_startup(struct listener *listener, int fd, pid_t id,
                        const struct admittance_visitor *visitor)
{
    admittance_enter(listener->admittance, visitor);
    listener->startups[listener->startup_count] = (struct startup){ id, *visitor };
    pipes(listener)[listener->startup_count++] = (struct pollfd){ .fd = fd };
}

/* Startups for which there is no room any more are not counted. */
static void take_heritage(struct listener *listener, const struct heritage *heritage)
{
    for (size_t i = 0; i < heritage->penalty_count; i++)
        admittance_restore(listener->admittance, &heritage->penalties[i]);
    for (size_t i = 0; i < heritage->startup_count; i++) {
        const struct heritage_startup *startup = &heritage->startups[i];
        if (listener->startup_count < listener->startup_max)
            add_startup(listener, startup->fd, startup->id, &startup->visitor);
        else
            close_if_open(startup->fd);
    }
    memcpy(listener->kin, heritage->kin, sizeof(listener->kin));
    listener->polled[KIN] = (struct pollfd){ .fd = listener->kin[0], .events = POLLIN };
    listener->taker_fd = heritage->taker_fd;
    if (listener->setup.tcp) {
        listener->setup.tcp->fd = heritage->tcp_fd;
        listener->setup.tcp->id = heritage->tcp_id;
    }
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
    listener->startup_max = (size_t)setup->options->max_startups.full;
    listener->polled = calloc(FIRST_STARTUP + listener->startup_max, sizeof(struct pollfd));
    listener->startups = calloc(listener->startup_max, sizeof(*listener->startups));
    CHECK(listener->polled && listener->startups);
    listener->admittance = admittance_new(setup->options);

    sigset_t signals = awaited_signals();
    listener->signal_fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    CHECK(listener->signal_fd >= 0);
    listener->polled[SIGNALS] = (struct pollfd){ .fd = listener->signal_fd, .events = POLLIN };
    listener->polled[NOTICES] = listener->polled[VAULT] = listener->polled[TCP] =
        (struct pollfd){ .fd = -1 };

    take_heritage(listener, setup->heritage);
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
    sockets_close(&listener->sockets);
    if (listener->setup.tcp)
        tcp_link_close(listener->setup.tcp);
    close_if_open(listener->kin[0]);
    close_if_open(listener->kin[1]);
    close_if_open(listener->taker_fd);
    for (size_t i = 0; i < listener->startup_count; i++)
        close_if_open(pipes(listener)[i].fd);
    admittance_free(listener->admittance);
    free(listener->startups);
    free(listener->polled);
    free(listener);
}

uint16_t listener_port(const struct listener *listener)
{
    return endpoint_local(listener->sockets.fds[0]).port;
}

static int64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * (int64_t)1000 + now.tv_nsec / 1000000;
}

/* What it sent is thrown away unread, because the connection would be reset otherwise, and our words lost. */
static void turn_away(int fd, struct bytes words)
{
    (void)!send(fd, words.data, words.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)shutdown(fd, SHUT_WR);
    endpoint_discard(fd, LISTENER_DISCARD_MAX);
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
    LOG(DROPPED, .count = events_number((uint64_t)count), .why = events_text(reason),
        .peer = events_text(visitor->peer.address), .peer_port = events_number(visitor->peer.port),
        .local = events_text(local.address), .local_port = events_number(local.port));
    turn_away(connection->fd, verdict == ADMITTANCE_TOO_MANY ? listener->setup.too_many_startups
                                                             : listener->setup.refused);
    return true;
}

/* In the new process: all that belongs to the listener and to other connections is let go. */
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
    /* No handlers of the C library: they write to what a child could share. There is one thread. */
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
    add_startup(listener, ends[0], child, visitor);
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
    listener->porch_began = now_ms();
    int tcp_fd = listener->taker_fd;
    listener->taker_fd = -1;
    if (listener->setup.tcp && tcp_fd < 0)
        TRY(tcp_link_take(listener->setup.tcp, &tcp_fd));
    const struct sockets *sockets = &listener->sockets;
    enum err err = porch_link_open(listener->setup.porch, sockets->fds, sockets->count, tcp_fd);
    int reason = errno;
    close_if_open(tcp_fd);
    errno = reason;
    return err;
}

static void on_gone(struct listener *listener, const struct porch_link_event *event)
{
    struct admittance_visitor visitor = admittance_visitor_of(&event->peer);
    log_peer(visitor.peer.address, visitor.peer.port);
    porch_end_log(event->why);
    log_no_peer();
    admittance_penalise(listener->admittance, &visitor, porch_end_class(event->why));
}

/* The sockets that listen are ours, too: whoever connects now waits for the next porch. One that ends at once
 * is not started again as fast as it can. */
static void renew_porch(struct listener *listener)
{
    log_error("the porch has ended: another one is started");
    porch_link_close(listener->setup.porch);
    if (now_ms() - listener->porch_began < LISTENER_PORCH_LIFE_MS)
        usleep(LISTENER_PAUSE_US);
    if (listener_open_porch(listener) != OK)
        log_error("glasshd-porch cannot be started: %s", strerror(errno));
}

static void take_from_porch(struct listener *listener)
{
    for (int i = 0; i < LISTENER_TAKE_MAX && !listener->has_served; i++) {
        struct porch_link_event event;
        porch_link_take(listener->setup.porch, &event);
        switch (event.kind) {
        case PORCH_LINK_NOTHING:
            return;
        case PORCH_LINK_ARRIVED:
            on_arrived(listener, &event);
            break;
        case PORCH_LINK_GONE:
            on_gone(listener, &event);
            break;
        case PORCH_LINK_CROWDED:
            log_error("%u connections that had said too little made room for others", event.count);
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

/* The connections it had are gone with it, those that the porch holds, too. */
static void reopen_tcp(struct listener *listener)
{
    log_error("glassh-tcp has ended and is started anew");
    tcp_link_close(listener->setup.tcp);
    if (tcp_entrance_open(listener->setup.tcp, listener->setup.options))
        renew_porch(listener);
    else
        usleep(LISTENER_PAUSE_US);
}

/* ---- startups ---- */

static void forget_startup(struct listener *listener, size_t place)
{
    size_t last = --listener->startup_count;
    struct pollfd *all = pipes(listener);
    close_if_open(all[place].fd);
    admittance_leave(listener->admittance, &listener->startups[place].visitor);
    all[place] = all[last];
    listener->startups[place] = listener->startups[last];
}

/* Who has logged in says so; a pipe that ends without a word is of a process whose status will tell. */
static void hear_startups(struct listener *listener)
{
    struct pollfd *all = pipes(listener);
    for (size_t i = listener->startup_count; i-- > 0;) {
        char word;
        if (!all[i].revents)
            continue;
        if (read(all[i].fd, &word, 1) == 1) {
            forget_startup(listener, i);
        } else {
            close(all[i].fd);
            all[i].fd = -1;
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
        forget_startup(listener, i);
        return;
    }
}

static void bury_children(struct listener *listener)
{
    int status;
    pid_t child;
    while ((child = waitpid(-1, &status, WNOHANG)) > 0) {
        if (child == listener->setup.porch->id)
            listener->setup.porch->id = 0;
        if (listener->setup.tcp && child == listener->setup.tcp->id)
            listener->setup.tcp->id = 0;
        judge_startup(listener, child, status);
        if (!WIFSIGNALED(status))
            continue;
        login_record_close_all(child); /* it could not do so itself */
        if (WTERMSIG(status) != SIGTERM && WTERMSIG(status) != SIGKILL)
            LOG(PROCESS_DIED, .process = events_number((uint64_t)child),
                .signal = events_number((uint64_t)WTERMSIG(status)));
    }
}

/* The last of the signals that end the loop, or 0. */
static int read_signals(struct listener *listener)
{
    struct signalfd_siginfo info;
    int last = 0;
    while (read(listener->signal_fd, &info, sizeof(info)) == sizeof(info)) {
        if (info.ssi_signo == SIGCHLD)
            bury_children(listener);
        else
            last = (int)info.ssi_signo;
    }
    return last;
}

/* A worker crashed, so its kin's addresses may be known; or the nursery itself is gone. */
static void renew_nursery(struct listener *listener)
{
    LOG_BARE(WORKER_CRASHED);
    if (cradle_renew(listener->setup.cradle) != OK) {
        log_error("glasshd-worker cannot be started: %s", strerror(errno));
        usleep(LISTENER_PAUSE_US);
    }
}

/* Connections that are being made fail; those that there are have the next ones' keys only when they are
 * made anew. */
static void reopen_vault(struct listener *listener)
{
    log_error("glasshd-keyd has ended and is started anew");
    enum err err = vault_open(listener->setup.vault);
    if (err == OK)
        return;
    log_error("glasshd-keyd cannot be started: %s", err == ERR_SYSTEM ? strerror(errno)
                                                    : err == ERR_BAD_VALUE
                                                        ? "the host keys have changed"
                                                        : err_text(err));
    usleep(10 * LISTENER_PAUSE_US);
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

/* False: it was only disturbed. */
static bool wait_for_something(struct listener *listener)
{
    const struct listener_setup *setup = &listener->setup;
    listener->polled[PORCH] = (struct pollfd){ .fd = setup->porch->fd, .events = POLLIN };
    listener->polled[NOTICES].fd = setup->cradle->notices_fd;
    listener->polled[NOTICES].events = POLLIN;
    listener->polled[VAULT].fd = setup->vault->fd;
    listener->polled[TCP].fd = setup->tcp ? setup->tcp->fd : -1;
    bool is_incomplete = lacks_porch(listener) || lacks_tcp(listener);
    return poll(listener->polled, FIRST_STARTUP + listener->startup_count,
                is_incomplete ? LISTENER_PAUSE_US / 1000 : -1) >= 0;
}

static void renew_what_ended(struct listener *listener)
{
    if (lacks_tcp(listener) || listener->polled[TCP].revents)
        reopen_tcp(listener);
    else if (lacks_porch(listener))
        renew_porch(listener);
    if (listener->polled[NOTICES].revents)
        renew_nursery(listener);
    if (listener->polled[VAULT].revents)
        reopen_vault(listener);
}

enum listener_end listener_run(struct listener *listener)
{
    for (;;) {
        if (!wait_for_something(listener))
            continue;

        int signal_number = read_signals(listener);
        if (signal_number == SIGHUP)
            return LISTENER_RELOAD;
        if (signal_number != 0) {
            LOG(STOPPED, .signal = events_number((uint64_t)signal_number));
            return LISTENER_STOPPED;
        }
        renew_what_ended(listener);
        hear_startups(listener);
        if (listener->polled[PORCH].revents)
            take_from_porch(listener);
        if (listener->polled[KIN].revents)
            admittance_hear(listener->admittance, listener->kin[0]);
        if (listener->has_served || has_drained(listener))
            return LISTENER_STOPPED;
    }
}

/* ---- reading the configuration anew ---- */

/* The startups that there are, and the sockets, are the next program's. */
static void forget_others(struct listener *listener)
{
    while (listener->startup_count > 0)
        forget_startup(listener, listener->startup_count - 1);
    sockets_close(&listener->sockets);
    if (listener->setup.tcp)
        tcp_link_close(listener->setup.tcp);
    admittance_tell(listener->admittance, listener->kin[1]);
    listener->polled[KIN].fd = -1;
}

/* What is on the porch has got the old configuration's preface, so it is served by that. Whoever asks the server to
 * end wants this to end, too. */
static void drain(struct listener *listener, pid_t parent)
{
    forget_others(listener);
    listener->is_draining = true;
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent && !has_drained(listener))
        while (listener_run(listener) == LISTENER_RELOAD)
            ; /* it is not this one that shall */
    _exit(0);
}

static enum err leave_heritage(const struct listener *listener)
{
    const struct tcp_link *tcp = listener->setup.tcp;
    struct heritage heritage = { .kin = { listener->kin[0], listener->kin[1] },
                                 .tcp_fd = tcp ? tcp->fd : -1,
                                 .taker_fd = listener->taker_fd,
                                 .tcp_id = tcp ? tcp->id : 0,
                                 .startup_count = listener->startup_count };
    for (; activation_count() == 0 && heritage.socket_count < listener->sockets.count;
         heritage.socket_count++)
        heritage.sockets[heritage.socket_count] = listener->sockets.fds[heritage.socket_count];
    heritage.startups = calloc(heritage.startup_count + 1, sizeof(*heritage.startups));
    CHECK(heritage.startups);
    for (size_t i = 0; i < heritage.startup_count; i++)
        heritage.startups[i] =
            (struct heritage_startup){ listener->polled[FIRST_STARTUP + i].fd,
                                       listener->startups[i].id, listener->startups[i].visitor };
    struct penalties_entry entry;
    while (admittance_penalty(listener->admittance, heritage.penalty_count, &entry))
        heritage.penalty_count++;
    heritage.penalties = calloc(heritage.penalty_count + 1, sizeof(*heritage.penalties));
    CHECK(heritage.penalties);
    for (size_t i = 0; i < heritage.penalty_count; i++)
        (void)admittance_penalty(listener->admittance, i, &heritage.penalties[i]);
    enum err err = heritage_leave(&heritage, ACTIVATION_FIRST + activation_count());
    heritage_wipe(&heritage);
    return err;
}

void listener_hand_over(struct listener *listener)
{
    pid_t self = getpid();
    if (listener->kin[0] < 0 &&
        socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, listener->kin) != 0)
        log_error("no way to hear of penalties: %s", strerror(errno));
    /* Who comes from now on waits for the next porch. */
    struct tcp_link *tcp = listener->setup.tcp;
    if (tcp && tcp_link_take(tcp, &listener->taker_fd) != OK)
        listener->taker_fd = -1;
    porch_link_drain(listener->setup.porch);
    pid_t child = fork();
    if (child == 0)
        drain(listener, self);
    if (child < 0)
        log_error("fork: %s", strerror(errno));
    enum err err = leave_heritage(listener);
    if (err != OK)
        log_error("the server begins without what it had: %s",
                  err == ERR_SYSTEM ? strerror(errno) : err_text(err));
}
