/* SPDX-License-Identifier: BSD-2-Clause */
/* What packetdrill wants of a shared library (--so_filename) that has a TCP of its own: it fills in these functions, whose
 * order and types are what the runner was built with. Each behaves as the call of its name, with `userdata` before its
 * arguments. netdev_send gives the stack an IP packet; netdev_receive takes the next that it has sent, with its time:
 * *count is the room before and the length after, 0 for "nothing was sent". Time is asked of and spent in the library. */
#pragma once

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

struct packetdrill_interface {
    void *userdata;
    void (*free)(void *userdata);
    int (*socket)(void *userdata, int domain, int type, int protocol);
    int (*bind)(void *userdata, int fd, const struct sockaddr *address, socklen_t len);
    int (*listen)(void *userdata, int fd, int backlog);
    int (*accept)(void *userdata, int fd, struct sockaddr *address, socklen_t *len);
    int (*connect)(void *userdata, int fd, const struct sockaddr *address, socklen_t len);
    ssize_t (*read)(void *userdata, int fd, void *out, size_t count);
    ssize_t (*readv)(void *userdata, int fd, const struct iovec *parts, int count);
    ssize_t (*recv)(void *userdata, int fd, void *out, size_t count, int flags);
    ssize_t (*recvfrom)(void *userdata, int fd, void *out, size_t count, int flags,
                        struct sockaddr *address, socklen_t *len);
    ssize_t (*recvmsg)(void *userdata, int fd, struct msghdr *message, int flags);
    ssize_t (*write)(void *userdata, int fd, const void *data, size_t count);
    ssize_t (*writev)(void *userdata, int fd, const struct iovec *parts, int count);
    ssize_t (*send)(void *userdata, int fd, const void *data, size_t count, int flags);
    ssize_t (*sendto)(void *userdata, int fd, const void *data, size_t count, int flags,
                      const struct sockaddr *address, socklen_t len);
    ssize_t (*sendmsg)(void *userdata, int fd, const struct msghdr *message, int flags);
    int (*fcntl)(void *userdata, int fd, int command, ...);
    int (*ioctl)(void *userdata, int fd, unsigned long request, ...);
    int (*close)(void *userdata, int fd);
    int (*shutdown)(void *userdata, int fd, int how);
    int (*getsockopt)(void *userdata, int fd, int level, int name, void *value, socklen_t *len);
    int (*setsockopt)(void *userdata, int fd, int level, int name, const void *value,
                      socklen_t len);
    int (*poll)(void *userdata, struct pollfd *fds, nfds_t count, int timeout);
    int (*netdev_send)(void *userdata, const void *packet, size_t count);
    int (*netdev_receive)(void *userdata, void *out, size_t *count, long long *time_usecs);
    int (*usleep)(void *userdata, useconds_t usec);
    int (*gettimeofday)(void *userdata, struct timeval *tv, struct timezone *tz);
    int (*epoll_create)(void *userdata, int size);
    int (*epoll_ctl)(void *userdata, int epfd, int operation, int fd, struct epoll_event *event);
    int (*epoll_wait)(void *userdata, int epfd, struct epoll_event *events, int max, int timeout);
    int (*pipe)(void *userdata, int fds[2]);
    int (*splice)(void *userdata, int in, loff_t *in_offset, int out, loff_t *out_offset,
                  size_t len, unsigned flags);
};

/* The only symbol of the library. `flags` is --so_flags: our IPv4 address, or nothing (192.168.0.1). */
void packetdrill_interface_init(const char *flags, struct packetdrill_interface *interface);
