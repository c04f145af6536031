/* SPDX-License-Identifier: BSD-2-Clause */
#include "packetdrill/drill_calls.h"

#include <string.h>

/* ---- receiving ---- */

static ssize_t receive_locked(struct drill_host *h, struct drill_socket *s, uint8_t *out,
                              size_t count, int flags)
{
    if (!s->flow || (!s->is_open && !s->is_over))
        return drill_fail(s->error ? drill_take_error(s) : ENOTCONN);
    while (flow_received(s->flow).len == 0) {
        if (s->error)
            return drill_fail(drill_take_error(s));
        if (s->peer_closed || s->is_over || s->has_shut_reading || count == 0)
            return 0;
        if (s->is_nonblocking || flags & MSG_DONTWAIT)
            return drill_fail(EAGAIN);
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

ssize_t drill_data_recv(void *userdata, int fd, void *out, size_t count, int flags)
{
    struct drill_host *h = userdata;
    struct drill_socket *s = drill_host_find(h, fd);
    if (!s)
        return -1;
    DRILL_LOCKED(h, ssize_t, receive_locked(h, s, out, count, flags));
}

ssize_t drill_data_read(void *userdata, int fd, void *out, size_t count)
{
    return drill_data_recv(userdata, fd, out, count, 0);
}

ssize_t drill_data_recvfrom(void *userdata, int fd, void *out, size_t count, int flags,
                            struct sockaddr *address, socklen_t *len)
{
    (void)address;
    (void)len;
    return drill_data_recv(userdata, fd, out, count, flags);
}

ssize_t drill_data_readv(void *userdata, int fd, const struct iovec *parts, int count)
{
    ssize_t total = 0;
    for (int i = 0; i < count; i++) {
        ssize_t len = drill_data_recv(userdata, fd, parts[i].iov_base, parts[i].iov_len,
                                      i > 0 ? MSG_DONTWAIT : 0);
        if (len < 0)
            return i > 0 ? total : -1;
        total += len;
        if ((size_t)len < parts[i].iov_len)
            break;
    }
    return total;
}

ssize_t drill_data_recvmsg(void *userdata, int fd, struct msghdr *message, int flags)
{
    (void)flags;
    return drill_data_readv(userdata, fd, message->msg_iov, (int)message->msg_iovlen);
}

/* ---- sending ---- */

/* With a limit for what is not sent yet, Linux takes data in pieces that the peer's window holds two of, and one as long as
 * it is below the limit. */
static size_t piece_of(struct drill_host *h, const struct drill_socket *s, size_t count)
{
    if (s->unsent_max == 0)
        return count;
    drill_host_settle(h);
    struct flow_status status = flow_status(s->flow);
    if (status.unsent >= s->unsent_max)
        return 0;
    uint32_t in_flight = status.send_next - status.send_begin;
    uint32_t room = status.congestion_window > in_flight ? status.congestion_window - in_flight : 0;
    uint32_t half = status.send_window / 2 / status.mss * status.mss;
    size_t piece = room > 0 && room < half ? room : half;
    return piece < count ? piece : count;
}

/* What there is room for, with the flags of send. */
static size_t send_some(struct drill_host *h, struct drill_socket *s, struct bytes data, int flags)
{
    size_t done = 0;
    for (size_t piece; (piece = piece_of(h, s, data.len - done)) > 0;) {
        struct bytes next = bytes_slice(data, done, piece);
        size_t sent = flags & MSG_MORE ? flow_send_more(s->flow, next, h->now)
                                       : flow_send(s->flow, next, h->now);
        done += sent;
        if (sent < piece)
            break;
    }
    return done;
}

static ssize_t send_locked(struct drill_host *h, struct drill_socket *s, struct bytes data,
                           int flags)
{
    if (!s->flow)
        return drill_fail(ENOTCONN);
    size_t done = 0;
    for (;;) {
        if (s->error)
            return drill_fail(drill_take_error(s));
        if (s->has_shut_writing || s->is_over)
            return drill_fail(EPIPE);
        if (!s->is_open)
            return drill_fail(EAGAIN);
        done += send_some(h, s, bytes_skip(data, done), flags);
        if (done == data.len) {
            if (flags & MSG_EOR)
                flow_end_record(s->flow, h->now);
            return (ssize_t)done;
        }
        if (s->is_nonblocking || flags & MSG_DONTWAIT)
            return done > 0 ? (ssize_t)done : drill_fail(EAGAIN);
        drill_host_settle(h);
        drill_host_wait(h);
    }
}

/* Nothing is sent in between. */
static ssize_t send_parts(struct drill_host *h, struct drill_socket *s, const struct iovec *parts,
                          size_t count, int flags)
{
    ssize_t total = 0;
    for (size_t i = 0; i < count; i++) {
        int more = i + 1 < count ? MSG_MORE : 0;
        ssize_t len =
            send_locked(h, s, bytes_of(parts[i].iov_base, parts[i].iov_len), flags | more);
        if (len < 0)
            return i > 0 ? total : -1;
        total += len;
        if ((size_t)len < parts[i].iov_len)
            break;
    }
    return total;
}

ssize_t drill_data_send(void *userdata, int fd, const void *data, size_t count, int flags)
{
    struct drill_host *h = userdata;
    struct drill_socket *s = drill_host_find(h, fd);
    if (!s)
        return -1;
    DRILL_LOCKED(h, ssize_t, send_locked(h, s, bytes_of(data, count), flags));
}

ssize_t drill_data_write(void *userdata, int fd, const void *data, size_t count)
{
    return drill_data_send(userdata, fd, data, count, 0);
}

ssize_t drill_data_sendto(void *userdata, int fd, const void *data, size_t count, int flags,
                          const struct sockaddr *address, socklen_t len)
{
    (void)address;
    (void)len;
    return drill_data_send(userdata, fd, data, count, flags);
}

ssize_t drill_data_sendmsg(void *userdata, int fd, const struct msghdr *message, int flags)
{
    struct drill_host *h = userdata;
    struct drill_socket *s = drill_host_find(h, fd);
    if (!s)
        return -1;
    DRILL_LOCKED(h, ssize_t, send_parts(h, s, message->msg_iov, message->msg_iovlen, flags));
}

ssize_t drill_data_writev(void *userdata, int fd, const struct iovec *parts, int count)
{
    struct drill_host *h = userdata;
    struct drill_socket *s = drill_host_find(h, fd);
    if (!s)
        return -1;
    DRILL_LOCKED(h, ssize_t, send_parts(h, s, parts, (size_t)count, 0));
}
