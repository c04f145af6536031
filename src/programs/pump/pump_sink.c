/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/pump/pump_internal.h"

#include "base/check.h"
#include "programs/pump/pump_backlog.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct pump_sink {
    struct pump *pump;
    struct pump_sink *next;
    struct pump_sink_setup setup;
    struct pump_watch *watch; /* made once the descriptor took no more */
    struct pump_backlog backlog;
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
    deliver(s, s->backlog.len);
    pump_backlog_wipe(&s->backlog);
    if (s->watch)
        pump_watch_set(s->watch, 0);
    if (s->setup.failed && !s->is_freed)
        s->setup.failed(s->setup.context, s, error_number);
}

/* Returns the octets written; 0 with EAGAIN. On an error the sink has failed. */
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
    if (!s->is_finished || s->is_drained || s->backlog.len > 0)
        return;
    s->is_drained = true;
    if (s->setup.drained && !s->is_freed)
        s->setup.drained(s->setup.context, s);
}

/* Writes the backlog, which the channel's window bounds; true when the descriptor may take more. */
static bool write_backlog(struct pump_sink *s)
{
    while (s->backlog.len > 0) {
        struct iovec parts[PUMP_BACKLOG_PARTS];
        size_t count = pump_backlog_parts(&s->backlog, parts), offered = 0;
        for (size_t i = 0; i < count; i++)
            offered += parts[i].iov_len;
        size_t took = write_parts(s, parts, count);
        if (s->has_failed)
            break;
        pump_backlog_consume(&s->backlog, took);
        deliver(s, took);
        if (took < offered && s->watch)
            return false;
    }
    return true;
}

static void write_gathered(struct pump *p);

static void on_writable(void *context, int events)
{
    (void)events;
    struct pump_sink *s = context;
    struct pump *p = s->pump;
    if (p->gather.is_held && p->gather.sink == s) {
        if (write_backlog(s))
            write_gathered(p);
        pump_mark(p);
        return;
    }
    /* Stops watching one report late: a busy descriptor is soon full again. */
    if (s->backlog.len == 0)
        pump_watch_set(s->watch, 0);
    else if (!write_backlog(s))
        pump_watch_set(s->watch, UV_WRITABLE);
    tell_if_drained(s);
}

/* False: it cannot be polled. */
static bool watch_room(struct pump_sink *s)
{
    if (!s->watch)
        s->watch = pump_watch_new(s->pump->loop, s->setup.fd, on_writable, s);
    if (s->watch)
        pump_watch_set(s->watch, UV_WRITABLE);
    return s->watch;
}

/* ---- what was gathered ---- */

static void end_gather(struct pump *p)
{
    if (p->gather.is_held)
        (void)uv_timer_stop(&p->hold);
    p->gather.is_held = false;
    p->gather.sink = NULL;
    p->gather.first = p->gather.count = p->gather.total = 0;
}

static void advance(struct pump_gather *g, size_t took)
{
    g->total -= took;
    while (took > 0) {
        struct iovec *part = &g->parts[g->first];
        size_t cut = took < part->iov_len ? took : part->iov_len;
        part->iov_base = (uint8_t *)part->iov_base + cut;
        part->iov_len -= cut;
        took -= cut;
        g->first += part->iov_len == 0;
    }
}

/* Writes once; the gather has ended if all of it was taken, or the sink has failed. */
static void write_gathered(struct pump *p)
{
    struct pump_gather *g = &p->gather;
    struct pump_sink *s = g->sink;
    size_t took = s->backlog.len || s->has_failed
                      ? 0
                      : write_parts(s, g->parts + g->first, g->count - g->first);
    if (s->has_failed)
        took = g->total;
    advance(g, took);
    deliver(s, took);
    if (g->total == 0)
        end_gather(p);
}

/* Copies what the descriptor did not take and waits for it, or writes on if it cannot be polled. */
static void keep(struct pump *p)
{
    struct pump_gather *g = &p->gather;
    struct pump_sink *s = g->sink;
    for (size_t i = g->first; i < g->count; i++)
        pump_backlog_append(&s->backlog, bytes_of(g->parts[i].iov_base, g->parts[i].iov_len));
    end_gather(p);
    if (!watch_room(s))
        (void)write_backlog(s);
}

static void on_held(uv_timer_t *timer)
{
    struct pump *p = timer->data;
    keep(p);
    pump_mark(p);
}

void pump_sink_flush(struct pump *p)
{
    struct pump_gather *g = &p->gather;
    if (g->sink && !g->is_held)
        write_gathered(p);
    if (g->sink)
        keep(p);
}

void pump_sink_write_or_hold(struct pump *p)
{
    struct pump_gather *g = &p->gather;
    if (!g->sink || g->is_held)
        return;
    write_gathered(p);
    if (!g->sink)
        return;
    if (!watch_room(g->sink)) {
        keep(p);
        return;
    }
    g->is_held = true;
    (void)uv_timer_start(&p->hold, on_held, PUMP_HOLD_MS, 0);
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
    pump_backlog_wipe(&s->backlog);
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
    deliver(s, s->backlog.len);
    /* From now on the owner may close the descriptor. */
    pump_watch_free(s->watch);
    s->watch = NULL;
    pump_mark(p);
}

void pump_sink_rest(struct pump *p)
{
    for (struct pump_sink *s = p->sinks; s; s = s->next)
        pump_backlog_rest(&s->backlog);
}

void pump_sink_free_all(struct pump *p)
{
    end_gather(p);
    while (p->sinks) {
        struct pump_sink *s = p->sinks;
        p->sinks = s->next;
        dispose(s);
    }
}
