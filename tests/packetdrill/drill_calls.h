/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls of sockets over the stack, each as interface.h wants it. */
#pragma once

#include "packetdrill/drill_host.h"
#include "packetdrill/interface.h"

int drill_open_socket(void *userdata, int domain, int type, int protocol);
int drill_open_bind(void *userdata, int fd, const struct sockaddr *address, socklen_t len);
int drill_open_listen(void *userdata, int fd, int backlog);
int drill_open_accept(void *userdata, int fd, struct sockaddr *address, socklen_t *len);
int drill_open_connect(void *userdata, int fd, const struct sockaddr *address, socklen_t len);
int drill_open_close(void *userdata, int fd);
int drill_open_shutdown(void *userdata, int fd, int how);

ssize_t drill_data_read(void *userdata, int fd, void *out, size_t count);
ssize_t drill_data_readv(void *userdata, int fd, const struct iovec *parts, int count);
ssize_t drill_data_recv(void *userdata, int fd, void *out, size_t count, int flags);
ssize_t drill_data_recvfrom(void *userdata, int fd, void *out, size_t count, int flags,
                            struct sockaddr *address, socklen_t *len);
ssize_t drill_data_recvmsg(void *userdata, int fd, struct msghdr *message, int flags);
ssize_t drill_data_write(void *userdata, int fd, const void *data, size_t count);
ssize_t drill_data_writev(void *userdata, int fd, const struct iovec *parts, int count);
ssize_t drill_data_send(void *userdata, int fd, const void *data, size_t count, int flags);
ssize_t drill_data_sendto(void *userdata, int fd, const void *data, size_t count, int flags,
                          const struct sockaddr *address, socklen_t len);
ssize_t drill_data_sendmsg(void *userdata, int fd, const struct msghdr *message, int flags);

int drill_options_fcntl(void *userdata, int fd, int command, ...);
int drill_options_ioctl(void *userdata, int fd, unsigned long request, ...);
int drill_options_getsockopt(void *userdata, int fd, int level, int name, void *value,
                             socklen_t *len);
int drill_options_setsockopt(void *userdata, int fd, int level, int name, const void *value,
                             socklen_t len);

int drill_poll_poll(void *userdata, struct pollfd *fds, nfds_t count, int timeout);
int drill_poll_epoll_create(void *userdata, int size);
int drill_poll_epoll_ctl(void *userdata, int epoll_fd, int operation, int fd,
                         struct epoll_event *event);
int drill_poll_epoll_wait(void *userdata, int epoll_fd, struct epoll_event *events, int max,
                          int timeout);
/* The socket is closed: nobody watches it any more. */
void drill_poll_forget(struct drill_host *h, int fd);
