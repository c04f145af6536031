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
#include "programs/server/listener/porch_link.h"
#include "programs/server/listener/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SIGNALS, NOTICES, VAULT, PORCH, TCP, FIRST_STARTUP };

enum {
    PROBLEM_MAX = 512,
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
    int sockets[SERVER_LISTEN_MAX]; /* listening; the porch has them, too */
    size_t socket_count;
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

static bool add_socket(struct listener *listener, int fd)
{
    if (listener->socket_count == SERVER_LISTEN_MAX)
        return false;
    if (listener->setup.keeps_syns)
        tcp_view_keep_syn(fd);
    struct endpoint bound = endpoint_local(fd);
    LOG(LISTENING, .local = events_text(bound.address), .local_port = events_number(bound.port));
    listener->sockets[listener->socket_count++] = fd;
    return true;
}

/* Sockets that came with us take the place of those that the options say. After a reload by exec they are
 * there again, so they are not closed by it. */
static void take_inherited(struct listener *listener, int count)
{
    for (int fd = ACTIVATION_FIRST; fd < ACTIVATION_FIRST + count; fd++) {
        int flags = fcntl(fd, F_GETFL);
        if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 || !add_socket(listener, fd))
            log_error("descriptor %d, which was handed over, is no use: %s", fd, strerror(errno));
    }
}

static void bind_one(struct listener *listener, const struct addrinfo *address)
{
    struct endpoint wanted = endpoint_of(address->ai_addr, address->ai_addrlen);
    int fd = -1;
    if (listener->socket_count == SERVER_LISTEN_MAX)
        return;
    if (endpoint_listen(address->ai_addr, address->ai_addrlen, &fd) != OK) {
        log_error("Bind to port %u on %s failed: %s.", wanted.port, wanted.address,
                  strerror(errno));
        return;
    }
    (void)add_socket(listener, fd);
}

static int family_of(const struct server_options *options)
{
    switch (options->address_family) {
    case SERVER_ADDRESS_ANY:
        return AF_UNSPEC;
    case SERVER_ADDRESS_INET:
        return AF_INET;
    case SERVER_ADDRESS_INET6:
        return AF_INET6;
    }
    return AF_UNSPEC;
}

static void bind_host(struct listener *listener, const struct server_listen *listen)
{
    char port[8];
    (void)snprintf(port, sizeof(port), "%d", listen->port);
    struct addrinfo hints = { .ai_family = family_of(listener->setup.options),
                              .ai_socktype = SOCK_STREAM,
                              .ai_flags = AI_PASSIVE };
    struct addrinfo *found = NULL;
    int problem = getaddrinfo(listen->host, port, &hints, &found);
    if (problem != 0) {
        log_fatal("bad addr or host: %s (%s)", listen->host ? listen->host : "<NULL>",
                  gai_strerror(problem));
    }
    for (const struct addrinfo *address = found; address; address = address->ai_next)
        bind_one(listener, address);
    freeaddrinfo(found);
}

/* The options say the ports; the addresses are those of the devices. */
static void add_tcp_port(struct tcp_link_setup *setup, uint16_t port)
{
    for (size_t i = 0; i < setup->port_count; i++)
        if (setup->ports[i] == port)
            return;
    if (setup->port_count < TCP_LINK_PORTS_MAX)
        setup->ports[setup->port_count++] = port;
}

static void log_tcp(const struct tcp_link_setup *setup)
{
    for (size_t i = 0; i < setup->tuns.count; i++) {
        const struct ip_address *address = &setup->tuns.items[i].address;
        struct endpoint local = tcp_link_endpoint(ip_address_bytes(address), 0);
        for (size_t port = 0; port < setup->port_count; port++)
            LOG(LISTENING, .local = events_text(local.address),
                .local_port = events_number(setup->ports[port]));
    }
}

static bool open_tcp(struct listener *listener)
{
    scoped(buf) problem = BUF_EMPTY(PROBLEM_MAX);
    struct tcp_link *tcp = listener->setup.tcp;
    const struct server_options *options = listener->setup.options;
    tcp->setup.port_count = 0;
    for (size_t i = 0; i < options->listen_count; i++)
        add_tcp_port(&tcp->setup, (uint16_t)options->listen[i].port);
    /* After a reload by exec it is there. */
    if (tcp->fd >= 0 || tcp_link_open(tcp, &problem) == OK)
        return true;
    log_error("%s", buf_text(&problem));
    return false;
}

static void bind_all(struct listener *listener)
{
    const struct server_options *options = listener->setup.options;
    int inherited = activation_count();
    take_inherited(listener, inherited);
    for (size_t i = 0; inherited == 0 && i < options->listen_count; i++)
        bind_host(listener, &options->listen[i]);
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

    if (!setup->tcp)
        bind_all(listener);
    if (setup->tcp ? open_tcp(listener) : listener->socket_count > 0) {
        if (setup->tcp)
            log_tcp(&setup->tcp->setup);
        return listener;
    }
    listener_free(listener);
    return NULL;
}

void listener_free(struct listener *listener)
{
    if (!listener)
        return;
    close(listener->signal_fd);
    for (size_t i = 0; i < listener->socket_count; i++)
        close(listener->sockets[i]);
    if (listener->setup.tcp)
        tcp_link_close(listener->setup.tcp);
    for (size_t i = 0; i < listener->startup_count; i++)
        if (pipes(listener)[i].fd >= 0)
            close(pipes(listener)[i].fd);
    admittance_free(listener->admittance);
    free(listener->startups);
    free(listener->polled);
    free(listener);
}

uint16_t listener_port(const struct listener *listener)
{
    return endpoint_local(listener->sockets[0]).port;
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
                           const struct listener_arrival *arrival)
{
    const char *reason;
    int count = (int)listener->startup_count;
    enum admittance_verdict verdict = admittance_ask(listener->admittance, visitor, count, &reason);
    if (verdict == ADMITTANCE_GRANTED)
        return false;
    struct endpoint local = arrival->local ? *arrival->local : endpoint_local(arrival->fd);
    LOG(DROPPED, .count = events_number((uint64_t)count), .why = events_text(reason),
        .peer = events_text(visitor->peer.address), .peer_port = events_number(visitor->peer.port),
        .local = events_text(local.address), .local_port = events_number(local.port));
    turn_away(arrival->fd, verdict == ADMITTANCE_TOO_MANY ? listener->setup.too_many_startups
                                                          : listener->setup.refused);
    return true;
}

/* In the new process: all that belongs to the listener and to other connections is let go. */
_Noreturn static void become_connection(struct listener *listener,
                                        const struct listener_arrival *arrival)
{
    struct listener_setup setup = listener->setup;
    porch_link_leave(setup.porch);
    listener_free(listener);
    exit(setup.serve(setup.context, arrival));
}

static void start_process(struct listener *listener, const struct admittance_visitor *visitor,
                          struct listener_arrival arrival)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        log_error("pipe: %s", strerror(errno));
        return;
    }
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        arrival.waiting_fd = ends[1];
        become_connection(listener, &arrival);
    }
    close(ends[1]);
    if (child < 0) {
        log_error("fork: %s", strerror(errno));
        close(ends[0]);
        return;
    }
    admittance_enter(listener->admittance, visitor);
    listener->startups[listener->startup_count] = (struct startup){ child, *visitor };
    pipes(listener)[listener->startup_count++] = (struct pollfd){ .fd = ends[0] };
}

static void on_arrived(struct listener *listener, const struct porch_link_event *event)
{
    struct admittance_visitor visitor = admittance_visitor_of(&event->peer);
    struct endpoint local =
        endpoint_of((const struct sockaddr *)&event->local, sizeof(event->local));
    struct listener_arrival arrival = { .fd = event->fd,
                                        .cookie = bytes_of(event->cookie, sizeof(event->cookie)),
                                        .waiting_fd = -1 };
    if (event->local.ss_family != AF_UNSPEC) {
        arrival.peer = &visitor.peer;
        arrival.local = &local;
    }
    if (listener->setup.once) {
        (void)listener->setup.serve(listener->setup.context, &arrival);
        listener->has_served = true;
    } else if (!is_turned_away(listener, &visitor, &arrival)) {
        start_process(listener, &visitor, arrival);
    }
    close(arrival.fd);
}

/* ---- the porch ---- */

enum err listener_open_porch(struct listener *listener)
{
    int fds[SERVER_LISTEN_MAX];
    for (size_t i = 0; i < listener->socket_count; i++)
        fds[i] = listener->sockets[i];
    listener->porch_began = now_ms();
    int tcp_fd = -1;
    if (listener->setup.tcp)
        TRY(tcp_link_take(listener->setup.tcp, &tcp_fd));
    enum err err = porch_link_open(listener->setup.porch, fds, listener->socket_count, tcp_fd);
    int reason = errno;
    if (tcp_fd >= 0)
        (void)close(tcp_fd);
    errno = reason;
    return err;
}

static void log_end(enum porch_end why)
{
    switch (why) {
    case PORCH_CLOSED:
        LOG_BARE(CLOSED);
        return;
    case PORCH_TIMED_OUT:
        LOG_BARE(LOGIN_TIMEOUT);
        return;
    case PORCH_BAD_LINE:
    case PORCH_BAD_VERSION:
        LOG_BARE(IDENT_INVALID);
        LOG(IDENT_REFUSED, .why = events_text("invalid format"));
        return;
    case PORCH_BAD_PACKET:
        LOG(FAILED, .why = events_text("the first packet is none that may come there"));
        return;
    case PORCH_END_COUNT:
        return;
    }
}

static void on_gone(struct listener *listener, const struct porch_link_event *event)
{
    static const enum penalties_class classes[PORCH_END_COUNT] = {
        [PORCH_CLOSED] = PENALTIES_NOAUTH,     [PORCH_TIMED_OUT] = PENALTIES_GRACE_EXCEEDED,
        [PORCH_BAD_LINE] = PENALTIES_NOAUTH,   [PORCH_BAD_VERSION] = PENALTIES_NOAUTH,
        [PORCH_BAD_PACKET] = PENALTIES_NOAUTH,
    };
    struct admittance_visitor visitor = admittance_visitor_of(&event->peer);
    log_peer(visitor.peer.address, visitor.peer.port);
    log_end(event->why);
    log_no_peer();
    admittance_penalise(listener->admittance, &visitor, classes[event->why]);
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
    if (open_tcp(listener))
        renew_porch(listener);
    else
        usleep(LISTENER_PAUSE_US);
}

/* ---- startups ---- */

static void forget_startup(struct listener *listener, size_t place)
{
    size_t last = --listener->startup_count;
    struct pollfd *all = pipes(listener);
    if (all[place].fd >= 0)
        close(all[place].fd);
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

/* False: it was only disturbed. */
static bool wait_for_something(struct listener *listener)
{
    const struct listener_setup *setup = &listener->setup;
    listener->polled[PORCH] = (struct pollfd){ .fd = setup->porch->fd, .events = POLLIN };
    listener->polled[NOTICES].fd = setup->cradle->notices_fd;
    listener->polled[NOTICES].events = POLLIN;
    listener->polled[VAULT].fd = setup->vault->fd;
    listener->polled[TCP].fd = setup->tcp ? setup->tcp->fd : -1;
    bool is_incomplete = setup->porch->fd < 0 || (setup->tcp && setup->tcp->fd < 0);
    return poll(listener->polled, FIRST_STARTUP + listener->startup_count,
                is_incomplete ? LISTENER_PAUSE_US / 1000 : -1) >= 0;
}

static void renew_what_ended(struct listener *listener)
{
    const struct listener_setup *setup = &listener->setup;
    if (setup->tcp && (setup->tcp->fd < 0 || listener->polled[TCP].revents))
        reopen_tcp(listener);
    else if (setup->porch->fd < 0)
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
        if (listener->has_served)
            return LISTENER_STOPPED;
    }
}
