/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls of sockets over the stack: what packetdrill loads (interface.h). */
#include "packetdrill/drill_host.h"
#include "packetdrill/interface.h"

#include "base/check.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int fail_with(int error)
{
    errno = error;
    return -1;
}

/* Every call begins and ends so: one at a time, and what it did to the stack has its effects at once. */
#define LOCKED(h, type, expression)        \
    do {                                   \
        pthread_mutex_lock(&(h)->lock);    \
        type locked_result = (expression); \
        int locked_errno = errno;          \
        drill_host_settle(h);              \
        pthread_mutex_unlock(&(h)->lock);  \
        errno = locked_errno;              \
        return locked_result;              \
    } while (0)

/* ---- opening ---- */

static int do_socket(void *userdata, int domain, int type, int protocol)
{
    struct drill_host *h = userdata;
    (void)protocol;
    if (domain != AF_INET || (type & 15) != SOCK_STREAM)
        return fail_with(EAFNOSUPPORT);
    pthread_mutex_lock(&h->lock);
    struct drill_socket *s = drill_host_add(h);
    if (s)
        s->is_nonblocking = type & SOCK_NONBLOCK;
    pthread_mutex_unlock(&h->lock);
    return s ? s->fd : -1;
}

static int do_bind(void *userdata, int fd, const struct sockaddr *address, socklen_t len)
{
    struct drill_host *h = userdata;
    struct drill_socket *s = drill_host_find(h, fd);
    struct sockaddr_in in;
    if (!s || len < sizeof(in))
        return s ? fail_with(EINVAL) : -1;
    memcpy(&in, address, sizeof(in));
    s->port = ntohs(in.sin_port);
    if (in.sin_addr.s_addr != INADDR_ANY && !h->stack)
        h->address = in.sin_addr;
    return 0;
}

static int listen_locked(struct drill_host *h, struct drill_socket *s)
{
    if (flow_listen(drill_host_stack(h), s->port, false) != OK)
        return fail_with(EADDRINUSE);
    s->is_listening = true;
    return 0;
}

static int do_listen(void *userdata, int fd, int backlog)
{
    struct drill_host *h = userdata;
    (void)backlog;
    struct drill_socket *s = drill_host_find(h, fd);
    if (!s)
        return -1;
    LOCKED(h, int, listen_locked(h, s));
}

static void tell_address(const struct flow *flow, struct sockaddr *address, socklen_t *len)
{
    struct ip_endpoint remote = flow_status(flow).remote;
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(remote.port) };
    memcpy(&in.sin_addr, remote.address.octets, 4);
    if (!address || !len)
        return;
    memcpy(address, &in, *len < sizeof(in) ? *len : sizeof(in));
    *len = sizeof(in);
}

static int accept_locked(struct drill_host *h, struct drill_socket *listener,
                         struct sockaddr *address, socklen_t *len)
{
    while (listener->backlog_count == 0) {
        if (listener->is_nonblocking)
            return fail_with(EAGAIN);
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
    s->send_buffer = listener->send_buffer;
    s->receive_buffer = listener->receive_buffer;
    tell_address(s->flow, address, len);
    return s->fd;
}

static int do_accept(void *userdata, int fd, struct sockaddr *address, socklen_t *len)
{
    struct drill_host *h = userdata;
    struct drill_socket *s = drill_host_find(h, fd);
    if (!s)
        return -1;
    LOCKED(h, int, accept_locked(h, s, address, len));
}

static int take_error(struct drill_socket *s)
{
    int error = s->error;
    s->error = 0;
    return error;
}

static int connect_locked(struct drill_host *h, struct drill_socket *s,
                          const struct sockaddr *address)
{
    struct sockaddr_in in;
    memcpy(&in, address, sizeof(in));
    struct ip_endpoint remote = { { .version = 4 }, ntohs(in.sin_port) };
    memcpy(remote.address.octets, &in.sin_addr, 4);
    if (s->has_asked_to_connect && s->error)
        return fail_with(take_error(s));
    if (s->is_open)
        return s->has_asked_to_connect ? 0 : fail_with(EISCONN);
    if (s->has_asked_to_connect)
        return fail_with(EALREADY);
    if (flow_connect(drill_host_stack(h), &remote, s->port, h->now, &s->flow) != OK)
        return fail_with(EADDRNOTAVAIL);
    s->has_asked_to_connect = true;
    flow_set_owner(s->flow, s);
    if (s->has_options)
        flow_set_options(s->flow, &s->options, h->now);
    if (s->is_nonblocking)
        return fail_with(EINPROGRESS);
    drill_host_settle(h);
    while (!s->is_open && !s->is_over)
        drill_host_wait(h);
    return s->is_open ? 0 : fail_with(take_error(s));
}

static int do_connect(void *userdata, int fd, const struct sockaddr *address, socklen_t len)
{
    struct drill_host *h = userdata;
    struct drill_socket *s = drill_host_find(h, fd);
    if (!s || len < sizeof(struct sockaddr_in) || address->sa_family != AF_INET)
        return s ? fail_with(EAFNOSUPPORT) : -1;
    LOCKED(h, int, connect_locked(h, s, address));
}

/* ---- data ---- */

static ssize_t receive_locked(struct drill_host *h, struct drill_socket *s, uint8_t *out,
                              size_t count, int flags)
{
    if (!s->flow || (!s->is_open && !s->is_over))
        return fail_with(s->error ? take_error(s) : ENOTCONN);
    while (flow_received(s->flow).len == 0) {
        if (s->error)
            return fail_with(take_error(s));
        if (s->peer_closed || s->is_over || s->has_shut_reading || count == 0)
            return 0;
        if (s->is_nonblocking || flags & MSG_DONTWAIT)
            return fail_with(EAGAIN);
        drill_host_wait(h);
    }
    size_t done = 0;
    for (struct bytes data; done < count && (data = flow_received(s->flow)).len > 0;) {
        size_t len = data.len < count - done ? data.len : count - done;
        if (out)
            memcpy(out + done, data.data, len);
        done += len;
        flow_consume(s->flow, len, h->now);
    }
    return (ssize_t)done;
}

static ssize_t send_locked(struct drill_host *h, struct drill_socket *s, const uint8_t *data,
                           size_t count, int flags)
{
    if (!s->flow)
        return fail_with(ENOTCONN);
    size_t done = 0;
    for (;;) {
        if (s->error)
            return fail_with(take_error(s));
        if (s->has_shut_writing || s->is_over)
            return fail_with(EPIPE);
        if (!s->is_open)
            return fail_with(EAGAIN);
        done += flow_send(s->flow, bytes_of(data + done, count - done), h->now);
        if (done == count)
            return (ssize_t)done;
        if (s->is_nonblocking || flags & MSG_DONTWAIT)
            return done > 0 ? (ssize_t)done : fail_with(EAGAIN);
        drill_host_settle(h);
        drill_host_wait(h);
    }
}

static ssize_t do_recv(void *userdata, int fd, void *out, size_t count, int flags)
{
    struct drill_host *h = userdata;
    struct drill_socket *s = drill_host_find(h, fd);
    if (!s)
        return -1;
    LOCKED(h, ssize_t, receive_locked(h, s, out, count, flags));
}

static ssize_t do_read(void *userdata, int fd, void *out, size_t count)
{
    return do_recv(userdata, fd, out, count, 0);
}

static ssize_t do_recvfrom(void *userdata, int fd, void *out, size_t count, int flags,
                           struct sockaddr *address, socklen_t *len)
{
    (void)address;
    (void)len;
    return do_recv(userdata, fd, out, count, flags);
}

static ssize_t do_readv(void *userdata, int fd, const struct iovec *parts, int count)
{
    ssize_t total = 0;
    for (int i = 0; i < count; i++) {
        ssize_t len =
            do_recv(userdata, fd, parts[i].iov_base, parts[i].iov_len, i > 0 ? MSG_DONTWAIT : 0);
        if (len < 0)
            return i > 0 ? total : -1;
        total += len;
        if ((size_t)len < parts[i].iov_len)
            break;
    }
    return total;
}

static ssize_t do_recvmsg(void *userdata, int fd, struct msghdr *message, int flags)
{
    (void)flags;
    return do_readv(userdata, fd, message->msg_iov, (int)message->msg_iovlen);
}

static ssize_t do_send(void *userdata, int fd, const void *data, size_t count, int flags)
{
    struct drill_host *h = userdata;
    struct drill_socket *s = drill_host_find(h, fd);
    if (!s)
        return -1;
    LOCKED(h, ssize_t, send_locked(h, s, data, count, flags));
}

static ssize_t do_write(void *userdata, int fd, const void *data, size_t count)
{
    return do_send(userdata, fd, data, count, 0);
}

static ssize_t do_sendto(void *userdata, int fd, const void *data, size_t count, int flags,
                         const struct sockaddr *address, socklen_t len)
{
    (void)address;
    (void)len;
    return do_send(userdata, fd, data, count, flags);
}

static ssize_t do_writev(void *userdata, int fd, const struct iovec *parts, int count)
{
    ssize_t total = 0;
    for (int i = 0; i < count; i++) {
        ssize_t len = do_send(userdata, fd, parts[i].iov_base, parts[i].iov_len, 0);
        if (len < 0)
            return i > 0 ? total : -1;
        total += len;
    }
    return total;
}

static ssize_t do_sendmsg(void *userdata, int fd, const struct msghdr *message, int flags)
{
    (void)flags;
    return do_writev(userdata, fd, message->msg_iov, (int)message->msg_iovlen);
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
    int fd = s->fd;
    *s = (struct drill_socket){ 0 };
    return close(fd);
}

static int do_close(void *userdata, int fd)
{
    struct drill_host *h = userdata;
    struct drill_socket *s = drill_host_find(h, fd);
    if (!s)
        return -1;
    LOCKED(h, int, close_locked(h, s));
}

static int shutdown_locked(struct drill_host *h, struct drill_socket *s, int how)
{
    if (!s->flow || (s->is_over && s->error == 0))
        return fail_with(ENOTCONN);
    s->has_shut_reading |= how != SHUT_WR;
    if (how != SHUT_RD && !s->has_shut_writing) {
        s->has_shut_writing = true;
        flow_close(s->flow, h->now);
    }
    return 0;
}

static int do_shutdown(void *userdata, int fd, int how)
{
    struct drill_host *h = userdata;
    struct drill_socket *s = drill_host_find(h, fd);
    if (!s)
        return -1;
    LOCKED(h, int, shutdown_locked(h, s, how));
}

/* ---- options ---- */

static int do_fcntl(void *userdata, int fd, int command, ...)
{
    struct drill_socket *s = drill_host_find(userdata, fd);
    if (!s)
        return -1;
    va_list list;
    va_start(list, command);
    int argument = command == F_SETFL ? va_arg(list, int) : 0;
    va_end(list);
    if (command == F_GETFL)
        return O_RDWR | (s->is_nonblocking ? O_NONBLOCK : 0);
    if (command != F_SETFL)
        return fail_with(EINVAL);
    s->is_nonblocking = argument & O_NONBLOCK;
    return 0;
}

static int do_ioctl(void *userdata, int fd, unsigned long request, ...)
{
    struct drill_socket *s = drill_host_find(userdata, fd);
    if (!s)
        return -1;
    va_list list;
    va_start(list, request);
    int *out = va_arg(list, int *);
    va_end(list);
    struct flow_status status = { 0 };
    if (s->flow)
        status = flow_status(s->flow);
    if (request == SIOCINQ)
        *out = (int)status.unread;
    else if (request == SIOCOUTQ)
        *out = (int)(status.send_next - status.send_begin + status.unsent);
    else
        return fail_with(EINVAL);
    return 0;
}

static int option_value(struct drill_socket *s, int level, int name)
{
    if (level == SOL_SOCKET && name == SO_ERROR)
        return take_error(s);
    if (level == SOL_SOCKET && name == SO_SNDBUF)
        return s->send_buffer;
    if (level == SOL_SOCKET && name == SO_RCVBUF)
        return s->receive_buffer;
    if (level == IPPROTO_TCP && name == TCP_MAXSEG)
        return s->flow ? flow_status(s->flow).mss : 536;
    if (level == IPPROTO_TCP && name == TCP_NODELAY)
        return s->options.no_delay;
    if (level == IPPROTO_TCP && name == TCP_USER_TIMEOUT)
        return (int)s->options.user_timeout_ms;
    return -1;
}

static int do_getsockopt(void *userdata, int fd, int level, int name, void *value, socklen_t *len)
{
    struct drill_socket *s = drill_host_find(userdata, fd);
    if (!s)
        return -1;
    int number = option_value(s, level, name);
    if (number < 0 || *len < sizeof(number))
        return fail_with(ENOPROTOOPT);
    memcpy(value, &number, sizeof(number));
    *len = sizeof(number);
    return 0;
}

static void change_options(struct drill_socket *s, int level, int name, int number)
{
    if (level == IPPROTO_TCP && name == TCP_NODELAY)
        s->options.no_delay = number != 0;
    else if (level == IPPROTO_TCP && name == TCP_USER_TIMEOUT)
        s->options.user_timeout_ms = (uint32_t)number;
    else if (level == IPPROTO_IP && name == IP_TOS)
        s->options.dscp = (uint8_t)(number >> 2);
    else if (level == IPPROTO_IP && name == IP_TTL)
        s->options.ttl = (uint8_t)number;
    else if (level == SOL_SOCKET && name == SO_SNDBUF)
        s->options.send_max = (uint32_t)(s->send_buffer = 2 * number);
    else if (level == SOL_SOCKET && name == SO_RCVBUF)
        s->options.receive_max = (uint32_t)(s->receive_buffer = 2 * number);
}

static int setsockopt_locked(struct drill_host *h, struct drill_socket *s, int level, int name,
                             const void *value, socklen_t len)
{
    int number = 0; /* the octets of a shorter one come first */
    memcpy(&number, value, len < sizeof(number) ? len : sizeof(number));
    if (level == SOL_SOCKET && name == SO_LINGER && len >= sizeof(struct linger)) {
        struct linger linger;
        memcpy(&linger, value, sizeof(linger));
        s->is_linger_zero = linger.l_onoff && linger.l_linger == 0;
        return 0;
    }
    if (s->flow)
        s->options = flow_options(s->flow);
    else if (!s->has_options)
        s->options =
            (struct flow_options){ .receive_max = 4 << 20, .send_max = 4 << 20, .ttl = 64 };
    s->has_options = true;
    change_options(s, level, name, number);
    if (s->flow)
        flow_set_options(s->flow, &s->options, h->now);
    return 0;
}

static int do_setsockopt(void *userdata, int fd, int level, int name, const void *value,
                         socklen_t len)
{
    struct drill_host *h = userdata;
    struct drill_socket *s = drill_host_find(h, fd);
    if (!s)
        return -1;
    LOCKED(h, int, setsockopt_locked(h, s, level, name, value, len));
}

/* ---- poll ---- */

static short readiness(const struct drill_socket *s)
{
    short ready = 0;
    if (s->is_listening)
        return s->backlog_count > 0 ? POLLIN : 0;
    if (!s->flow)
        return POLLOUT | POLLHUP;
    if (flow_received(s->flow).len > 0 || s->peer_closed || s->is_over || s->has_shut_reading)
        ready |= POLLIN | POLLRDNORM;
    if (s->peer_closed || s->has_shut_reading)
        ready |= POLLRDHUP;
    if (s->is_open || s->is_over)
        ready |= POLLOUT | POLLWRNORM;
    if (s->is_over || (s->peer_closed && s->has_shut_writing))
        ready |= POLLHUP;
    if (s->error)
        ready |= POLLERR;
    return ready;
}

static int poll_locked(struct drill_host *h, struct pollfd *fds, nfds_t count, int timeout)
{
    struct instant end = timeout < 0 ? INSTANT_NEVER : instant_after(h->now, timeout);
    for (;;) {
        int ready = 0;
        for (nfds_t i = 0; i < count; i++) {
            const struct drill_socket *s = drill_host_find(h, fds[i].fd);
            int wanted = fds[i].events | POLLERR | POLLHUP;
            fds[i].revents = (short)(s ? readiness(s) & wanted : POLLNVAL);
            ready += fds[i].revents != 0;
        }
        if (ready > 0 || instant_reached(h->now, end))
            return ready;
        drill_host_wait(h);
    }
}

static int do_poll(void *userdata, struct pollfd *fds, nfds_t count, int timeout)
{
    struct drill_host *h = userdata;
    LOCKED(h, int, poll_locked(h, fds, count, timeout));
}

/* ---- the network and the clock ---- */

static int do_netdev_send(void *userdata, const void *packet, size_t count)
{
    struct drill_host *h = userdata;
    pthread_mutex_lock(&h->lock);
    struct stack_packet p = { bytes_of(packet, count), false };
    stack_feed(drill_host_stack(h), &p, h->now);
    drill_host_settle(h);
    drill_host_let_others_run(h);
    pthread_mutex_unlock(&h->lock);
    return 0;
}

static int do_netdev_receive(void *userdata, void *out, size_t *count, long long *time_usecs)
{
    struct drill_host *h = userdata;
    pthread_mutex_lock(&h->lock);
    drill_host_run_for_packet(h);
    bool has_packet = h->packet_begin < h->packet_end;
    if (has_packet) {
        struct drill_packet *p = &h->packets[h->packet_begin++ % DRILL_PACKETS];
        CHECK(p->len <= *count);
        memcpy(out, p->octets, p->len);
        *time_usecs = p->at.us;
        *count = p->len;
        free(p->octets);
    } else {
        *time_usecs = h->now.us;
        *count = 0;
    }
    pthread_mutex_unlock(&h->lock);
    return 0;
}

static int do_usleep(void *userdata, useconds_t usec)
{
    struct drill_host *h = userdata;
    pthread_mutex_lock(&h->lock);
    drill_host_advance(h, usec);
    pthread_mutex_unlock(&h->lock);
    return 0;
}

static int do_gettimeofday(void *userdata, struct timeval *tv, struct timezone *tz)
{
    struct drill_host *h = userdata;
    (void)tz;
    pthread_mutex_lock(&h->lock);
    h->now.us++; /* the runner spins on the clock: it has to move */
    tv->tv_sec = h->now.us / 1000000;
    tv->tv_usec = h->now.us % 1000000;
    pthread_mutex_unlock(&h->lock);
    return 0;
}

/* ---- what there is not; the runner calls without looking ---- */

static int do_epoll_create(void *userdata, int size)
{
    (void)userdata;
    (void)size;
    return fail_with(ENOSYS);
}

static int do_epoll_ctl(void *userdata, int epfd, int operation, int fd, struct epoll_event *event)
{
    (void)userdata;
    (void)epfd;
    (void)operation;
    (void)fd;
    (void)event;
    return fail_with(ENOSYS);
}

static int do_epoll_wait(void *userdata, int epfd, struct epoll_event *events, int max, int timeout)
{
    (void)userdata;
    (void)epfd;
    (void)events;
    (void)max;
    (void)timeout;
    return fail_with(ENOSYS);
}

static int do_pipe(void *userdata, int fds[2])
{
    (void)userdata;
    (void)fds;
    return fail_with(ENOSYS);
}

static int do_splice(void *userdata, int in, loff_t *in_offset, int out, loff_t *out_offset,
                     size_t len, unsigned flags)
{
    (void)userdata;
    (void)in;
    (void)in_offset;
    (void)out;
    (void)out_offset;
    (void)len;
    (void)flags;
    return fail_with(ENOSYS);
}

static void do_free(void *userdata)
{
    drill_host_free(userdata);
}

__attribute__((visibility("default"))) void packetdrill_interface_init(
    const char *flags, struct packetdrill_interface *interface)
{
    *interface = (struct packetdrill_interface){
        .userdata = drill_host_new(flags),
        .free = do_free,
        .socket = do_socket,
        .bind = do_bind,
        .listen = do_listen,
        .accept = do_accept,
        .connect = do_connect,
        .read = do_read,
        .readv = do_readv,
        .recv = do_recv,
        .recvfrom = do_recvfrom,
        .recvmsg = do_recvmsg,
        .write = do_write,
        .writev = do_writev,
        .send = do_send,
        .sendto = do_sendto,
        .sendmsg = do_sendmsg,
        .fcntl = do_fcntl,
        .ioctl = do_ioctl,
        .close = do_close,
        .shutdown = do_shutdown,
        .getsockopt = do_getsockopt,
        .setsockopt = do_setsockopt,
        .poll = do_poll,
        .netdev_send = do_netdev_send,
        .netdev_receive = do_netdev_receive,
        .usleep = do_usleep,
        .gettimeofday = do_gettimeofday,
        .epoll_create = do_epoll_create,
        .epoll_ctl = do_epoll_ctl,
        .epoll_wait = do_epoll_wait,
        .pipe = do_pipe,
        .splice = do_splice,
    };
}
