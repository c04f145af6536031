/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/listener/sockets.h"

#include "base/check.h"
#include "os/activation.h"
#include "os/endpoint.h"
#include "os/tcp_view.h"
#include "programs/server/common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct opening {
    struct sockets *sockets;
    const struct server_options *options;
    bool keeps_syns;
    int before[SERVER_LISTEN_MAX]; /* not used yet; or -1 */
    size_t before_count;
};

/* There is room for all: this is the limit of those handed over or from before, too, and bind_new checks. */
_Static_assert((size_t)ACTIVATION_MAX <= (size_t)SERVER_LISTEN_MAX, "all of them fit");
static void add(const struct opening *o, int fd)
{
    struct sockets *sockets = o->sockets;
    CHECK(sockets->count < SERVER_LISTEN_MAX);
    if (o->keeps_syns)
        tcp_view_keep_syn(fd);
    struct endpoint bound = endpoint_local(fd);
    LOG(LISTENING, .local = events_text(bound.address), .local_port = events_number(bound.port));
    sockets->fds[sockets->count++] = fd;
}

/* They stay open across exec, after which the program finds them again. */
static void take_handed_over(const struct opening *o, int count)
{
    for (int fd = ACTIVATION_FIRST; fd < ACTIVATION_FIRST + count; fd++) {
        int flags = fcntl(fd, F_GETFL);
        if (flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0)
            add(o, fd);
        else
            log_error("descriptor %d, which was handed over, is of no use: %s", fd,
                      strerror(errno));
    }
}

/* ---- what the options say ---- */

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

/* 0, or the error of getaddrinfo. */
static int look_up(const struct server_options *options, const struct server_listen *listen,
                   struct addrinfo **found)
{
    char port[8];
    (void)snprintf(port, sizeof(port), "%d", listen->port);
    struct addrinfo hints = { .ai_family = family_of(options),
                              .ai_socktype = SOCK_STREAM,
                              .ai_flags = AI_PASSIVE };
    *found = NULL;
    return getaddrinfo(listen->host, port, &hints, found);
}

static bool is_there(int fd, const struct endpoint *wanted)
{
    struct endpoint bound = endpoint_local(fd);
    return fd >= 0 && bound.port == wanted->port && strcmp(bound.address, wanted->address) == 0;
}

static void use_again(struct opening *o, const struct addrinfo *address)
{
    struct endpoint wanted = endpoint_of(address->ai_addr, address->ai_addrlen);
    for (size_t i = 0; i < o->before_count; i++)
        if (is_there(o->before[i], &wanted)) {
            add(o, o->before[i]);
            o->before[i] = -1;
            return;
        }
}

static void bind_new(struct opening *o, const struct addrinfo *address)
{
    struct endpoint wanted = endpoint_of(address->ai_addr, address->ai_addrlen);
    int fd = -1;
    for (size_t i = 0; i < o->sockets->count; i++)
        if (is_there(o->sockets->fds[i], &wanted))
            return;
    if (o->sockets->count == SERVER_LISTEN_MAX)
        return;
    if (endpoint_listen(address->ai_addr, address->ai_addrlen, &fd) != OK) {
        log_error("Bind to port %u on %s failed: %s.", wanted.port, wanted.address,
                  strerror(errno));
        return;
    }
    add(o, fd);
}

static void for_each(struct opening *o,
                     void (*what)(struct opening *o, const struct addrinfo *address))
{
    for (size_t i = 0; i < o->options->listen_count; i++) {
        const struct server_listen *listen = &o->options->listen[i];
        struct addrinfo *found;
        int problem = look_up(o->options, listen, &found);
        if (problem != 0)
            log_fatal("%s is no address: %s", listen->host, gai_strerror(problem));
        for (const struct addrinfo *address = found; address; address = address->ai_next)
            what(o, address);
        freeaddrinfo(found);
    }
}

/* Frees their addresses for the new sockets at once, even if another process has them, like the porch before. */
static void silence_unused(const struct opening *o)
{
    for (size_t i = 0; i < o->before_count; i++)
        if (o->before[i] >= 0)
            (void)shutdown(o->before[i], SHUT_RDWR);
}

static void close_unused(const struct opening *o)
{
    for (size_t i = 0; i < o->before_count; i++)
        if (o->before[i] >= 0)
            (void)close(o->before[i]);
}

/* Rather than nowhere. */
static void listen_where_it_was(struct opening *o)
{
    for (size_t i = 0; i < o->before_count; i++)
        if (o->before[i] >= 0 && listen(o->before[i], ENDPOINT_BACKLOG) == 0) {
            add(o, o->before[i]);
            o->before[i] = -1;
        }
    if (o->sockets->count > 0)
        log_error("Cannot bind any address: listening where it was.");
}

void sockets_open(struct sockets *sockets, const struct server_options *options, bool keeps_syns,
                  const int *before, size_t before_count)
{
    struct opening o = { sockets, options, keeps_syns, { 0 }, before_count };
    int handed_over = activation_count();
    sockets->count = 0;
    memcpy(o.before, before, before_count * sizeof(*before));
    if (handed_over > 0) {
        take_handed_over(&o, handed_over);
    } else {
        for_each(&o, use_again);
        silence_unused(&o);
        for_each(&o, bind_new);
        if (sockets->count == 0)
            listen_where_it_was(&o);
    }
    close_unused(&o);
}

void sockets_close(struct sockets *sockets)
{
    for (size_t i = 0; i < sockets->count; i++)
        (void)close(sockets->fds[i]);
    sockets->count = 0;
}

/* ---- names ---- */

/* In sshd's words. */
static enum err tell_unknown(struct buf *problems, const char *host, int problem)
{
    TRY(buf_format(problems, "bad addr or host: %s (%s)\n", place_quote(bytes_text(host)).text,
                   gai_strerror(problem)));
    return ERR_BAD_VALUE;
}

static enum err keep(struct server_options *options, const struct addrinfo *found)
{
    for (const struct addrinfo *address = found; address; address = address->ai_next) {
        struct endpoint at = endpoint_of(address->ai_addr, address->ai_addrlen);
        TRY(server_listen_add(options, bytes_text(at.address), at.port));
    }
    return OK;
}

enum err sockets_resolve(struct server_options *options)
{
    struct server_listen given[SERVER_LISTEN_MAX];
    size_t count = options->listen_count;
    enum err err = OK;
    memcpy(given, options->listen, count * sizeof(*given));
    options->listen_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct addrinfo *found;
        int problem = look_up(options, &given[i], &found);
        enum err one = problem ? tell_unknown(&options->problems, given[i].host, problem)
                               : keep(options, found);
        if (found)
            freeaddrinfo(found);
        err = err == OK ? one : err;
    }
    return err;
}
