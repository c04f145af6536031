/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/pump/pump_internal.h"

#include "base/check.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct pump_sink {
    struct pump *pump;
    struct pump_sink *next;
    struct pump_sink_setup setup;
    struct pump_watch *watch; /* once the descriptor took no more */
    struct buf backlog;
    bool has_failed, is_finished, is_drained, is_freed;
};

static void deliver(struct pump_sink *s, size_t count)
{
    if (count == 0 || s->pump->is_over)
        return;
    connection_data_delivered(s->pump->connection, s->setup.channel, count);
    pump_mark(s->pump);
}

static void fail(struct pump_sink *s, int error_number)
{
    s->has_failed = true;
    deliver(s, buf_len(&s->backlog));
    buf_wipe(&s->backlog);
    if (s->watch)
        pump_watch_set(s->watch, 0);
    if (s->setup.failed && !s->is_freed)
        s->setup.failed(s->setup.context, s, error_number);
}

/* How much was written; 0 with EAGAIN; after an error the sink has failed. */
static size_t write_parts(struct pump_sink *s, const struct iovec *parts, size_t count)
{
    for (;;) {
        ssize_t took = writev(s->setup.fd, parts, (int)count);
        if (took >= 0)
            return (size_t)took;
        if (errno == EAGAIN)
            return 0;
        if (errno != EINTR) {
            fail(s, errno);
            return 0;
        }
    }
}

static void tell_if_drained(struct pump_sink *s)
{
    if (!s->is_finished || s->is_drained || buf_len(&s->backlog) > 0)
        return;
    s->is_drained = true;
    if (s->setup.drained && !s->is_freed)
        s->setup.drained(s->setup.context, s);
}

/* Writes the backlog; true when the descriptor may take more. */
static bool write_backlog(struct pump_sink *s)
{
    while (buf_len(&s->backlog) > 0) {
        struct bytes waiting = buf_bytes(&s->backlog);
        struct iovec part = { (void *)(uintptr_t)waiting.data, waiting.len };
        size_t took = write_parts(s, &part, 1);
        if (s->has_failed)
            break;
        buf_consume(&s->backlog, took);
        deliver(s, took);
        if (took < waiting.len && s->watch)
            return false;
    }
    return true;
}

static void on_writable(void *context, int events)
{
    (void)events;
    struct pump_sink *s = context;
    /* Watching ends one report late: a busy descriptor is soon full again. */
    if (buf_len(&s->backlog) == 0)
        pump_watch_set(s->watch, 0);
    else if (!write_backlog(s))
        pump_watch_set(s->watch, UV_WRITABLE);
    tell_if_drained(s);
}

/* Keeps what the descriptor did not take and waits for it, or writes on if it cannot be polled. */
static void keep(struct pump_sink *s, const struct iovec *parts, size_t count, size_t skip)
{
    for (size_t i = 0; i < count; i++) {
        size_t cut = skip < parts[i].iov_len ? skip : parts[i].iov_len;
        struct bytes part = bytes_skip(bytes_of(parts[i].iov_base, parts[i].iov_len), cut);
        skip -= cut;
        enum err err = buf_append(&s->backlog, part);
        CHECK(err == OK); /* the channel's window bounds it */
    }
    if (!s->watch)
        s->watch = pump_watch_new(s->pump->loop, s->setup.fd, on_writable, s);
    if (s->watch)
        pump_watch_set(s->watch, UV_WRITABLE);
    else
        (void)write_backlog(s);
}

void pump_sink_flush(struct pump *p)
{
    struct pump_gather *g = &p->gather;
    struct pump_sink *s = g->sink;
    size_t total = g->total;
    size_t count = g->count;
    g->sink = NULL;
    g->count = g->total = 0;
    if (count == 0)
        return;
    if (s->has_failed) {
        deliver(s, total);
        return;
    }
    size_t took = buf_len(&s->backlog) ? 0 : write_parts(s, g->parts, count);
    if (s->has_failed)
        took = total;
    deliver(s, took);
    if (took < total)
        keep(s, g->parts, count, took);
}

void pump_sink_take(struct pump_sink *s, struct bytes data)
{
    struct pump_gather *g = &s->pump->gather;
    if (g->sink != s || g->count == PUMP_PARTS)
        pump_sink_flush(s->pump);
    g->sink = s;
    g->parts[g->count++] = (struct iovec){ (void *)(uintptr_t)data.data, data.len };
    g->total += data.len;
}

struct pump_sink *pump_sink_find(const struct pump *p, uint32_t channel, uint32_t extended)
{
    struct pump_sink *s = p->sinks;
    while (s && (s->is_freed || s->setup.channel != channel || s->setup.extended != extended))
        s = s->next;
    return s;
}

struct pump_sink *pump_sink_new(struct pump *p, const struct pump_sink_setup *setup)
{
    struct pump_sink *s = calloc(1, sizeof(*s));
    CHECK(s != NULL);
    *s = (struct pump_sink){ .pump = p, .next = p->sinks, .setup = *setup };
    buf_init(&s->backlog, UINT32_MAX);
    p->sinks = s;
    return s;
}

void pump_sink_finish(struct pump_sink *s)
{
    if (s->pump->gather.sink == s)
        pump_sink_flush(s->pump);
    s->is_finished = true;
    tell_if_drained(s);
}

static void dispose(struct pump_sink *s)
{
    pump_watch_free(s->watch);
    buf_wipe(&s->backlog);
    free(s);
}

void pump_sink_sweep(struct pump *p)
{
    for (struct pump_sink **at = &p->sinks; *at;) {
        struct pump_sink *s = *at;
        if (!s->is_freed) {
            at = &s->next;
            continue;
        }
        *at = s->next;
        dispose(s);
    }
}

void pump_sink_free(struct pump_sink *s)
{
    if (!s)
        return;
    struct pump *p = s->pump;
    s->is_freed = true;
    if (p->gather.sink == s)
        pump_sink_flush(p);
    deliver(s, buf_len(&s->backlog));
    /* The descriptor is the owner's again from now on. */
    pump_watch_free(s->watch);
    s->watch = NULL;
    pump_mark(p);
}

void pump_sink_rest(struct pump *p)
{
    for (struct pump_sink *s = p->sinks; s; s = s->next)
        buf_shrink(&s->backlog);
}

void pump_sink_free_all(struct pump *p)
{
    p->gather.sink = NULL;
    while (p->sinks) {
        struct pump_sink *s = p->sinks;
        p->sinks = s->next;
        dispose(s);
    }
}
