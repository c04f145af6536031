/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/pump/pump_watch.h"

#include "base/check.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct pump_watch {
    uv_poll_t poll;
    pump_watch_fn ready;
    void *context;
    int events;
    int duplicate; /* of a descriptor that another handle watches; or -1 */
};

static void release(uv_handle_t *handle)
{
    free(handle->data);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct pump_watch *w = poll->data;
    int wanted = w->events;
    /* libuv stops a handle whose descriptor has an error. */
    if (status < 0)
        w->events = 0;
    w->ready(w->context, status < 0 ? wanted : events);
}

/* libuv allows only one handle per descriptor number. */
static int open_poll(uv_loop_t *loop, struct pump_watch *w, int fd)
{
    int status = uv_poll_init(loop, &w->poll, fd);
    if (status != UV_EEXIST)
        return status;
    w->duplicate = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    return w->duplicate < 0 ? UV_EBADF : uv_poll_init(loop, &w->poll, w->duplicate);
}

struct pump_watch *pump_watch_new(uv_loop_t *loop, int fd, pump_watch_fn ready, void *context)
{
    struct pump_watch *w = calloc(1, sizeof(*w));
    CHECK(w != NULL);
    *w = (struct pump_watch){ .ready = ready, .context = context, .duplicate = -1 };
    if (open_poll(loop, w, fd) != 0) {
        if (w->duplicate >= 0)
            (void)close(w->duplicate);
        free(w);
        return NULL;
    }
    w->poll.data = w;
    return w;
}

void pump_watch_set(struct pump_watch *w, int events)
{
    if (events == w->events)
        return;
    w->events = events;
    if (events)
        (void)uv_poll_start(&w->poll, events, on_ready);
    else
        (void)uv_poll_stop(&w->poll);
}

int pump_watch_events(const struct pump_watch *w)
{
    return w->events;
}

void pump_watch_free(struct pump_watch *w)
{
    if (!w)
        return;
    (void)uv_poll_stop(&w->poll);
    if (w->duplicate >= 0)
        (void)close(w->duplicate);
    uv_close((uv_handle_t *)&w->poll, release);
}
