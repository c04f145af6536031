/* SPDX-License-Identifier: BSD-2-Clause */
#include "packetdrill/drill_calls.h"

#include <fcntl.h>

static bool has_room(const struct drill_socket *s)
{
    struct flow_status status = flow_status(s->flow);
    uint32_t used = status.send_next - status.send_begin + status.unsent;
    return used < flow_options(s->flow).send_max &&
           (s->unsent_max == 0 || status.unsent < s->unsent_max);
}

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
    if ((s->is_open && has_room(s)) || s->is_over)
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

int drill_poll_poll(void *userdata, struct pollfd *fds, nfds_t count, int timeout)
{
    struct drill_host *h = userdata;
    DRILL_LOCKED(h, int, poll_locked(h, fds, count, timeout));
}

/* ---- epoll ---- */

int drill_poll_epoll_create(void *userdata, int size)
{
    (void)userdata;
    (void)size;
    return open("/dev/null", O_RDWR);
}

static struct drill_watch *find_watch(struct drill_host *h, int epoll_fd, int fd)
{
    for (size_t i = 0; i < DRILL_WATCHES; i++) {
        struct drill_watch *w = &h->watches[i];
        if (w->is_used && w->epoll_fd == epoll_fd && w->fd == fd)
            return w;
    }
    return NULL;
}

void drill_poll_forget(struct drill_host *h, int fd)
{
    for (size_t i = 0; i < DRILL_WATCHES; i++)
        h->watches[i].is_used &= h->watches[i].fd != fd;
}

static struct drill_watch *new_watch(struct drill_host *h, int epoll_fd, int fd)
{
    for (size_t i = 0; i < DRILL_WATCHES; i++) {
        struct drill_watch *w = &h->watches[i];
        if (w->is_used)
            continue;
        *w = (struct drill_watch){ .is_used = true, .epoll_fd = epoll_fd, .fd = fd };
        return w;
    }
    return NULL;
}

static int control_locked(struct drill_host *h, int epoll_fd, int operation, int fd,
                          const struct epoll_event *event)
{
    const struct drill_socket *s = drill_host_find(h, fd);
    struct drill_watch *w = find_watch(h, epoll_fd, fd);
    if (!s)
        return -1;
    if ((operation == EPOLL_CTL_ADD) == (w != NULL))
        return drill_fail(w ? EEXIST : ENOENT);
    if (!w && !(w = new_watch(h, epoll_fd, fd)))
        return drill_fail(ENOSPC);
    if (operation == EPOLL_CTL_DEL) {
        w->is_used = false;
        return 0;
    }
    w->events = event->events;
    w->data = event->data.u64;
    w->seen = s->news - 1; /* what is so already is told once */
    return 0;
}

int drill_poll_epoll_ctl(void *userdata, int epoll_fd, int operation, int fd,
                         struct epoll_event *event)
{
    struct drill_host *h = userdata;
    DRILL_LOCKED(h, int, control_locked(h, epoll_fd, operation, fd, event));
}

/* The numbers of the events are those of poll. */
static uint32_t events_of(struct drill_host *h, struct drill_watch *w)
{
    const struct drill_socket *s = drill_host_find(h, w->fd);
    if (!s || (w->events & EPOLLET && w->seen == s->news))
        return 0;
    uint32_t ready = (uint32_t)readiness(s) & (w->events | EPOLLERR | EPOLLHUP);
    if (ready)
        w->seen = s->news;
    return ready;
}

static int wait_locked(struct drill_host *h, int epoll_fd, struct epoll_event *events, int max,
                       int timeout)
{
    struct instant end = timeout < 0 ? INSTANT_NEVER : instant_after(h->now, timeout);
    for (;;) {
        int count = 0;
        for (size_t i = 0; i < DRILL_WATCHES && count < max; i++) {
            struct drill_watch *w = &h->watches[i];
            uint32_t ready = w->is_used && w->epoll_fd == epoll_fd ? events_of(h, w) : 0;
            if (ready)
                events[count++] = (struct epoll_event){ ready, { .u64 = w->data } };
        }
        if (count > 0 || instant_reached(h->now, end))
            return count;
        drill_host_wait(h);
    }
}

int drill_poll_epoll_wait(void *userdata, int epoll_fd, struct epoll_event *events, int max,
                          int timeout)
{
    struct drill_host *h = userdata;
    DRILL_LOCKED(h, int, wait_locked(h, epoll_fd, events, max, timeout));
}
