/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/seqpacket.h"

#include "base/check.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room for the control message, aligned. */
union control {
    struct cmsghdr header;
    uint8_t octets[CMSG_SPACE(SEQPACKET_DESCRIPTORS_MAX * sizeof(int))];
};

enum { BUFFER_LEN = 256 * 1024 }; /* the longest record is one datagram */

enum err seqpacket_pair(int ends[2])
{
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return ERR_SYSTEM;
    int len = BUFFER_LEN;
    for (int i = 0; i < 2; i++)
        (void)setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &len, sizeof(len));
    return OK;
}

static void attach(struct msghdr *message, union control *control,
                   const struct seqpacket_descriptors *passed)
{
    CHECK(passed->count <= SEQPACKET_DESCRIPTORS_MAX);
    size_t len = passed->count * sizeof(int);
    memset(control, 0, sizeof(*control));
    message->msg_control = control;
    message->msg_controllen = CMSG_SPACE(len);
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(len);
    memcpy(CMSG_DATA(header), passed->fds, len);
}

enum err seqpacket_send(int fd, struct bytes datagram, const struct seqpacket_descriptors *passed)
{
    struct iovec part = { (void *)(uintptr_t)datagram.data, datagram.len };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
    union control control;
    if (passed && passed->count)
        attach(&message, &control, passed);
    ssize_t sent;
    do
        sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)datagram.len ? OK : ERR_SYSTEM;
}

static void take_descriptors(struct msghdr *message, struct seqpacket_descriptors *taken)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        taken->count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        CHECK(taken->count <= SEQPACKET_DESCRIPTORS_MAX);
        memcpy(taken->fds, CMSG_DATA(c), taken->count * sizeof(int));
    }
}

enum err seqpacket_receive(int fd, struct span room, size_t *len,
                           struct seqpacket_descriptors *passed)
{
    struct iovec part = { room.data, room.len };
    union control control;
    struct msghdr message = { .msg_iov = &part,
                              .msg_iovlen = 1,
                              .msg_control = &control,
                              .msg_controllen = sizeof(control) };
    struct seqpacket_descriptors taken = { .count = 0 };
    ssize_t got;
    if (passed)
        passed->count = 0;
    /* If the other end did not read everything, the kernel reports that once, before the data it sent. */
    do
        got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    while (got < 0 && (errno == EINTR || errno == ECONNRESET));
    if (got < 0)
        return ERR_SYSTEM;
    take_descriptors(&message, &taken);
    bool fits = !(message.msg_flags & MSG_TRUNC);
    if (!passed || !fits)
        seqpacket_close(&taken);
    if (!fits)
        return ERR_TOO_LONG;
    if (passed)
        *passed = taken;
    *len = (size_t)got;
    return OK;
}

enum err seqpacket_take(int fd, struct buf *room, struct seqpacket_descriptors *passed)
{
    struct span span;
    size_t len = 0;
    buf_clear(room);
    TRY(buf_reserve(room, room->limit, &span));
    TRY(seqpacket_receive(fd, span, &len, passed));
    buf_commit(room, len);
    return OK;
}

void seqpacket_close(struct seqpacket_descriptors *passed)
{
    for (size_t i = 0; i < passed->count; i++)
        (void)close(passed->fds[i]);
    passed->count = 0;
}

bool seqpacket_is_over(int fd)
{
    uint8_t octet;
    return recv(fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != EAGAIN;
}
