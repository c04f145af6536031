/* SPDX-License-Identifier: BSD-2-Clause */
#include "packetdrill/drill_calls.h"

#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

/* ---- addresses ---- */

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff }; /* RFC 4291 section 2.5.5.2 */

static bool read_address(const struct sockaddr *address, socklen_t len, struct ip_endpoint *out)
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    *out = (struct ip_endpoint){ { .version = 4 }, 0 };
    if (address->sa_family == AF_INET && len >= sizeof(in)) {
        memcpy(&in, address, sizeof(in));
        memcpy(out->address.octets, &in.sin_addr, 4);
        out->port = ntohs(in.sin_port);
        return true;
    }
    if (address->sa_family != AF_INET6 || len < sizeof(in6))
        return false;
    memcpy(&in6, address, sizeof(in6));
    out->port = ntohs(in6.sin6_port);
    if (memcmp(&in6.sin6_addr, mapped, sizeof(mapped)) == 0) {
        memcpy(out->address.octets, in6.sin6_addr.s6_addr + sizeof(mapped), 4);
        return true;
    }
    out->address.version = 6;
    memcpy(out->address.octets, &in6.sin6_addr, 16);
    return true;
}

static void write_address(const struct ip_endpoint *from, int domain, struct sockaddr *address,
                          socklen_t *len)
{
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(from->port) };
    struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(from->port) };
    bool is_v4 = from->address.version == 4;
    memcpy(&in.sin_addr, from->address.octets, 4);
    memcpy(&in6.sin6_addr, is_v4 ? mapped : from->address.octets, sizeof(mapped));
    memcpy(in6.sin6_addr.s6_addr + sizeof(mapped), from->address.octets + (is_v4 ? 0 : 12), 4);
    if (!address || !len)
        return;
    const void *all = domain == AF_INET ? (const void *)&in : &in6;
    socklen_t all_len = domain == AF_INET ? sizeof(in) : sizeof(in6);
    memcpy(address, all, *len < all_len ? *len : all_len);
    *len = all_len;
}

/* ---- opening ---- */

int drill_open_socket(void *userdata, int domain, int type, int protocol)
{
    struct drill_host *h = userdata;
    (void)protocol;
    if ((domain != AF_INET && domain != AF_INET6) || (type & 15) != SOCK_STREAM)
        return drill_fail(EAFNOSUPPORT);
    pthread_mutex_lock(&h->lock);
    struct drill_socket *s = drill_host_add(h);
    if (s) {
        s->domain = domain;
        s->is_nonblocking = type & SOCK_NONBLOCK;
    }
    pthread_mutex_unlock(&h->lock);
    return s ? s->fd : -1;
}

int drill_open_bind(void *userdata, int fd, const struct sockaddr *address, socklen_t len)
{
    struct drill_host *h = userdata;
    struct drill_socket *s = drill_host_find(h, fd);
    struct ip_endpoint local;
    if (!s || !read_address(address, len, &local))
        return s ? drill_fail(EINVAL) : -1;
    s->port = local.port;
    if (ip_address_is_unicast(&local.address))
        drill_host_set_address(h, &local.address);
    return 0;
}

static int listen_locked(struct drill_host *h, struct drill_socket *s)
{
    if (flow_listen(drill_host_stack(h), s->port, false) != OK)
        return drill_fail(EADDRINUSE);
    s->is_listening = true;
    return 0;
}

int drill_open_listen(void *userdata, int fd, int backlog)
{
    struct drill_host *h = userdata;
    (void)backlog;
    struct drill_socket *s = drill_host_find(h, fd);
    if (!s)
        return -1;
    DRILL_LOCKED(h, int, listen_locked(h, s));
}

static int accept_locked(struct drill_host *h, struct drill_socket *listener,
                         struct sockaddr *address, socklen_t *len)
{
    while (listener->backlog_count == 0) {
        if (listener->is_nonblocking)
            return drill_fail(EAGAIN);
        drill_host_wait(h);
    }
    struct drill_socket *s = drill_host_add(h);
    if (!s)
        return -1;
    s->flow = listener->backlog[0];
    listener->backlog_count--;
    memmove(&listener->backlog[0], &listener->backlog[1],
            listener->backlog_count * sizeof(listener->backlog[0]));
    struct flow_status status = flow_status(s->flow);
    s->is_open = true;
    s->peer_closed = status.state == FLOW_STATE_CLOSE_WAIT;
    flow_set_owner(s->flow, s);
    if (listener->has_options)
        flow_set_options(s->flow, &listener->options, h->now);
    s->domain = listener->domain;
    s->send_buffer = listener->send_buffer;
    s->receive_buffer = listener->receive_buffer;
    write_address(&status.remote, listener->domain, address, len);
    return s->fd;
}

int drill_open_accept(void *userdata, int fd, struct sockaddr *address, socklen_t *len)
{
    struct drill_host *h = userdata;
    struct drill_socket *s = drill_host_find(h, fd);
    if (!s)
        return -1;
    DRILL_LOCKED(h, int, accept_locked(h, s, address, len));
}

static int connect_locked(struct drill_host *h, struct drill_socket *s,
                          const struct ip_endpoint *remote)
{
    if (s->has_asked_to_connect && s->error)
        return drill_fail(drill_take_error(s));
    if (s->is_open)
        return s->has_asked_to_connect ? 0 : drill_fail(EISCONN);
    if (s->has_asked_to_connect)
        return drill_fail(EALREADY);
    if (flow_connect(drill_host_stack(h), remote, s->port, h->now, &s->flow) != OK)
        return drill_fail(EADDRNOTAVAIL);
    s->has_asked_to_connect = true;
    flow_set_owner(s->flow, s);
    if (s->has_options)
        flow_set_options(s->flow, &s->options, h->now);
    if (s->is_nonblocking)
        return drill_fail(EINPROGRESS);
    drill_host_settle(h);
    while (!s->is_open && !s->is_over)
        drill_host_wait(h);
    return s->is_open ? 0 : drill_fail(drill_take_error(s));
}

int drill_open_connect(void *userdata, int fd, const struct sockaddr *address, socklen_t len)
{
    struct drill_host *h = userdata;
    struct drill_socket *s = drill_host_find(h, fd);
    struct ip_endpoint remote;
    if (!s || !read_address(address, len, &remote))
        return s ? drill_fail(EAFNOSUPPORT) : -1;
    DRILL_LOCKED(h, int, connect_locked(h, s, &remote));
}

/* ---- ending ---- */

static int close_locked(struct drill_host *h, struct drill_socket *s)
{
    if (s->is_listening)
        flow_unlisten(h->stack, s->port);
    for (size_t i = 0; i < s->backlog_count; i++)
        flow_abort(s->backlog[i], h->now);
    if (s->flow) {
        flow_set_owner(s->flow, NULL);
        if (s->is_linger_zero)
            flow_abort(s->flow, h->now);
        else
            flow_release(s->flow, h->now);
    }
    drill_poll_forget(h, s->fd);
    int fd = s->fd;
    *s = (struct drill_socket){ 0 };
    return close(fd);
}

int drill_open_close(void *userdata, int fd)
{
    struct drill_host *h = userdata;
    struct drill_socket *s = drill_host_find(h, fd);
    if (!s)
        return -1;
    DRILL_LOCKED(h, int, close_locked(h, s));
}

static int shutdown_locked(struct drill_host *h, struct drill_socket *s, int how)
{
    if (!s->flow || (s->is_over && s->error == 0))
        return drill_fail(ENOTCONN);
    s->has_shut_reading |= how != SHUT_WR;
    if (how != SHUT_RD && !s->has_shut_writing) {
        s->has_shut_writing = true;
        flow_close(s->flow, h->now);
    }
    return 0;
}

int drill_open_shutdown(void *userdata, int fd, int how)
{
    struct drill_host *h = userdata;
    struct drill_socket *s = drill_host_find(h, fd);
    if (!s)
        return -1;
    DRILL_LOCKED(h, int, shutdown_locked(h, s, how));
}
