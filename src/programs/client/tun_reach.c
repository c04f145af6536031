/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/tun_reach.h"

#include "os/descriptor.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

enum { PORT_TEXT_MAX = 8 };

static struct ip_endpoint endpoint_to(const struct sockaddr *address, uint16_t port)
{
    struct ip_endpoint to = { .port = port };
    if (address->sa_family == AF_INET) {
        to.address.version = 4;
        memcpy(to.address.octets, &((const struct sockaddr_in *)address)->sin_addr,
               sizeof(struct in_addr));
    } else if (address->sa_family == AF_INET6) {
        to.address.version = 6;
        memcpy(to.address.octets, &((const struct sockaddr_in6 *)address)->sin6_addr,
               sizeof(struct in6_addr));
    }
    return to;
}

static void tell(const struct tun_reach *r, enum dial_event_kind kind, int error_number)
{
    const struct dial_event event = { .kind = kind,
                                      .index = r->index,
                                      .count = r->count,
                                      .fd = -1,
                                      .error_number = error_number,
                                      .address = r->trying->ai_addr,
                                      .address_len = r->trying->ai_addrlen };
    if (r->setup.watch)
        r->setup.watch(r->setup.context, &event);
}

static void finish(const struct tun_reach *r, int fd, bool resolved, const char *reason)
{
    r->setup.done(r->setup.context, fd, resolved, reason);
}

/* Tries the first address that can be asked for, from `trying` on. */
static void try_next(struct tun_reach *r, int last_error)
{
    for (; r->trying; r->trying = r->trying->ai_next, r->index++) {
        const struct ip_endpoint to = endpoint_to(r->trying->ai_addr, r->setup.port);
        tell(r, DIAL_TRYING, 0);
        if (tcp_link_connect(r->link, &to) == OK)
            return;
        last_error = errno;
        tell(r, DIAL_FAILED, last_error);
    }
    finish(r, -1, true, strerror(last_error));
}

static void on_answer(uv_poll_t *poll, int status, int events)
{
    struct tun_reach *r = poll->data;
    scoped(buf) room = BUF_EMPTY(TCP_LINK_ROOM);
    struct tcp_link_news news;
    (void)status;
    (void)events;
    tcp_link_hear(r->link, &room, &news);
    if (!r->trying) {
        descriptor_close(&news.fd);
        (void)uv_poll_stop(poll); /* the process is gone, which ends the connection too */
        return;
    }
    if (r->hear)
        r->hear(r->setup.context, &news);
    if (news.kind == TCP_LINK_CONNECTED) {
        tell(r, DIAL_CONNECTED, 0);
        r->trying = NULL;
        finish(r, news.fd, true, NULL);
    } else if (news.kind == TCP_LINK_FAILED) {
        tell(r, DIAL_FAILED, news.reason);
        r->trying = r->trying->ai_next;
        r->index++;
        try_next(r, news.reason);
    }
}

void tun_reach_start(struct tun_reach *r, uv_loop_t *loop)
{
    char port[PORT_TEXT_MAX];
    (void)snprintf(port, sizeof(port), "%u", r->setup.port);
    struct addrinfo hints = { .ai_family = r->setup.family, .ai_socktype = SOCK_STREAM };
    r->found = r->trying = NULL;
    r->index = r->count = 0;
    r->is_polling = uv_poll_init(loop, &r->poll, r->link->fd) == 0;
    r->poll.data = r;
    int problem = getaddrinfo(r->setup.host, port, &hints, &r->found);
    if (problem != 0) {
        r->found = NULL;
        finish(r, -1, false, gai_strerror(problem));
        return;
    }
    for (const struct addrinfo *one = r->found; one; one = one->ai_next)
        r->count++;
    for (r->trying = r->found; r->trying; r->trying = r->trying->ai_next, r->index++)
        tell(r, DIAL_RESOLVED, 0);
    r->trying = r->found;
    r->index = 0;
    (void)uv_poll_start(&r->poll, UV_READABLE, on_answer);
    try_next(r, EADDRNOTAVAIL);
}

void tun_reach_stop(struct tun_reach *r)
{
    r->trying = NULL;
    if (r->found)
        freeaddrinfo(r->found);
    r->found = NULL;
    if (r->is_polling && !uv_is_closing((uv_handle_t *)&r->poll))
        uv_close((uv_handle_t *)&r->poll, NULL);
    r->is_polling = false;
}
