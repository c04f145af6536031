/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/listener/listener.h"

#include "base/check.h"
#include "config/server_options.h"
#include "os/activation.h"
#include "os/endpoint.h"
#include "os/login_record.h"
#include "os/tcp_view.h"
#include "programs/server/common/log.h"
#include "programs/server/listener/cradle.h"
#include "programs/server/listener/startups.h"
#include "programs/server/listener/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIGNALS, NOTICES, VAULT, FIRST_SOCKET };

enum { LISTENER_PAUSE_US = 100 * 1000 }; /* when descriptors or processes have run out */

struct listener {
    struct listener_setup setup;
    int signal_fd;
    /* Polled together: the signals, the nursery's notices, the listening sockets, then a pipe per startup that
     * becomes readable when its other end is closed. */
    struct pollfd *polled;
    size_t socket_count;
    size_t startup_count;
    size_t startup_max;
    bool is_throttling;
    bool has_served; /* the only connection */
};

static struct pollfd *sockets(const struct listener *listener)
{
    return listener->polled + FIRST_SOCKET;
}

static struct pollfd *startups(const struct listener *listener)
{
    return listener->polled + FIRST_SOCKET + listener->socket_count;
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
    log_info("Server listening on %s port %u.", bound.address, bound.port);
    sockets(listener)[listener->socket_count++] = (struct pollfd){ .fd = fd, .events = POLLIN };
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

struct listener *listener_new(const struct listener_setup *setup)
{
    struct listener *listener = calloc(1, sizeof(*listener));
    CHECK(listener);
    listener->setup = *setup;
    listener->startup_max = (size_t)setup->options->max_startups.full;
    listener->polled =
        calloc(FIRST_SOCKET + SERVER_LISTEN_MAX + listener->startup_max, sizeof(struct pollfd));
    CHECK(listener->polled);

    sigset_t signals = awaited_signals();
    listener->signal_fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    CHECK(listener->signal_fd >= 0);
    listener->polled[SIGNALS] = (struct pollfd){ .fd = listener->signal_fd, .events = POLLIN };
    listener->polled[NOTICES] = listener->polled[VAULT] = (struct pollfd){ .fd = -1 };

    int inherited = activation_count();
    take_inherited(listener, inherited);
    for (size_t i = 0; inherited == 0 && i < setup->options->listen_count; i++)
        bind_host(listener, &setup->options->listen[i]);
    if (listener->socket_count > 0)
        return listener;
    listener_free(listener);
    return NULL;
}

void listener_free(struct listener *listener)
{
    if (!listener)
        return;
    close(listener->signal_fd);
    for (size_t i = 0; i < listener->socket_count + listener->startup_count; i++)
        close(sockets(listener)[i].fd);
    free(listener->polled);
    free(listener);
}

uint16_t listener_port(const struct listener *listener)
{
    return endpoint_local(sockets(listener)[0].fd).port;
}

static uint32_t throw_dice(void)
{
    uint32_t dice = 0;
    CHECK(getrandom(&dice, sizeof(dice), 0) == sizeof(dice));
    return dice;
}

static bool is_turned_away(struct listener *listener, int fd)
{
    static const char farewell[] = "Exceeded MaxStartups\r\n";
    int count = (int)listener->startup_count;
    bool refused = startups_refuses(&listener->setup.options->max_startups, count, throw_dice());

    if (refused != listener->is_throttling &&
        (refused || count < listener->setup.options->max_startups.begin)) {
        listener->is_throttling = refused;
        log_error(refused ? "beginning MaxStartups throttling" : "exited MaxStartups throttling");
    }
    if (!refused)
        return false;
    struct endpoint peer = endpoint_peer(fd), local = endpoint_local(fd);
    log_verbose("drop connection #%d from [%s]:%u on [%s]:%u past MaxStartups", count, peer.address,
                peer.port, local.address, local.port);
    (void)write(fd, farewell, sizeof(farewell) - 1);
    return true;
}

/* In the new process: all that belongs to the listener and to other connections is let go. */
_Noreturn static void become_connection(struct listener *listener, int fd, int waiting_fd)
{
    struct listener_setup setup = listener->setup;
    listener_free(listener);
    exit(setup.serve(setup.context, fd, waiting_fd));
}

static void start_process(struct listener *listener, int fd)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        log_error("pipe: %s", strerror(errno));
        return;
    }
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        become_connection(listener, fd, ends[1]);
    }
    close(ends[1]);
    if (child < 0) {
        log_error("fork: %s", strerror(errno));
        close(ends[0]);
        return;
    }
    startups(listener)[listener->startup_count++] = (struct pollfd){ .fd = ends[0] };
}

static void accept_one(struct listener *listener, int socket)
{
    int fd = accept4(socket, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE) {
            log_error("accept: %s", strerror(errno));
            usleep(LISTENER_PAUSE_US);
        }
        return;
    }
    if (listener->setup.once) {
        (void)listener->setup.serve(listener->setup.context, fd, -1);
        listener->has_served = true;
    } else if (!is_turned_away(listener, fd)) {
        start_process(listener, fd);
    }
    close(fd);
}

/* Those that have logged in, or are gone, have closed their end. */
static void forget_startups(struct listener *listener)
{
    struct pollfd *all = startups(listener);
    size_t kept = 0;
    for (size_t i = 0; i < listener->startup_count; i++) {
        if (all[i].revents)
            close(all[i].fd);
        else
            all[kept++] = all[i];
    }
    listener->startup_count = kept;
}

static void bury_children(void)
{
    int status;
    pid_t child;
    while ((child = waitpid(-1, &status, WNOHANG)) > 0) {
        if (!WIFSIGNALED(status))
            continue;
        login_record_close_all(child); /* it could not do so itself */
        if (WTERMSIG(status) != SIGTERM && WTERMSIG(status) != SIGKILL)
            log_error("connection process %ld died of signal %d", (long)child, WTERMSIG(status));
    }
}

/* The last of the signals that end the loop, or 0. */
static int read_signals(int fd)
{
    struct signalfd_siginfo info;
    int last = 0;
    while (read(fd, &info, sizeof(info)) == sizeof(info)) {
        if (info.ssi_signo == SIGCHLD)
            bury_children();
        else
            last = (int)info.ssi_signo;
    }
    return last;
}

/* A worker crashed, so its kin's addresses may be known; or the nursery itself is gone. */
static void renew_nursery(struct listener *listener)
{
    log_error("a worker has crashed: those for new connections are made anew");
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

enum listener_end listener_run(struct listener *listener)
{
    for (;;) {
        size_t count = FIRST_SOCKET + listener->socket_count + listener->startup_count;
        listener->polled[NOTICES].fd = listener->setup.cradle->notices_fd;
        listener->polled[NOTICES].events = POLLIN;
        listener->polled[VAULT].fd = listener->setup.vault->fd;
        if (poll(listener->polled, count, -1) < 0)
            continue;

        int signal_number = read_signals(listener->signal_fd);
        if (signal_number == SIGHUP)
            return LISTENER_RELOAD;
        if (signal_number != 0) {
            log_info("Received signal %d; terminating.", signal_number);
            return LISTENER_STOPPED;
        }
        if (listener->polled[NOTICES].revents)
            renew_nursery(listener);
        if (listener->polled[VAULT].revents)
            reopen_vault(listener);
        forget_startups(listener);
        for (size_t i = 0; i < listener->socket_count; i++)
            if (sockets(listener)[i].revents)
                accept_one(listener, sockets(listener)[i].fd);
        if (listener->has_served)
            return LISTENER_STOPPED;
    }
}
