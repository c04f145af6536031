/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/pump/pump_internal.h"

#include "base/check.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* After a read of at least this much another one is worth trying before polling. */
enum { WORTH_MORE = 4096, FILTER_MAX = 4096 };

struct pump_source {
    struct pump *pump;
    struct pump_source *next;
    struct pump_source_setup setup;
    struct pump_watch *watch; /* made once a read gave nothing */
    bool is_ready;            /* a read may give something */
    bool is_draining;         /* the first read that gives nothing is the last */
    bool is_paused, has_ended, is_freed;
};

static void end(struct pump_source *s, int error_number)
{
    s->has_ended = true;
    pump_watch_free(s->watch);
    s->watch = NULL;
    pump_mark(s->pump);
    if (s->setup.ended)
        s->setup.ended(s->setup.context, s, error_number);
}

static void on_readable(void *context, int events)
{
    (void)events;
    struct pump_source *s = context;
    s->is_ready = true;
    pump_mark(s->pump);
}

static void wait_for_more(struct pump_source *s)
{
    s->is_ready = false;
    if (!s->watch)
        s->watch = pump_watch_new(s->pump->loop, s->setup.fd, on_readable, s);
    if (s->watch)
        pump_watch_set(s->watch, UV_READABLE);
    else
        s->is_ready = true;
}

/* Handles the result of a read; at end of file the source has ended. */
static void judge(struct pump_source *s, ssize_t got, int error_number, size_t room)
{
    if (got > 0) {
        s->is_ready = !s->watch || s->is_draining || got >= WORTH_MORE || (size_t)got == room;
        if (s->is_ready)
            s->pump->again = true;
        if (!s->is_ready)
            wait_for_more(s);
    } else if (got < 0 && error_number == EAGAIN && s->is_draining) {
        end(s, 0);
    } else if (got < 0 && (error_number == EAGAIN || error_number == EINTR)) {
        wait_for_more(s);
    } else {
        end(s, got == 0 ? 0 : error_number);
    }
}

static size_t total_len(const struct span *spans, size_t count)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += spans[i].len;
    return total;
}

/* No room: the machine will report CHANNEL_ROOM, and that turn reads again. Until then a descriptor with data would
 * wake the loop for nothing. */
static void hold(struct pump_source *s)
{
    if (s->watch)
        pump_watch_set(s->watch, 0);
}

static void read_into_packets(struct pump_source *s)
{
    struct connection *c = s->pump->connection;
    struct span spans[PUMP_SPANS];
    size_t count =
        connection_data_reserve(c, s->setup.channel, s->setup.extended, spans, PUMP_SPANS);
    if (count == 0) {
        hold(s);
        return;
    }
    struct iovec parts[PUMP_SPANS];
    for (size_t i = 0; i < count; i++)
        parts[i] = (struct iovec){ spans[i].data, spans[i].len };
    ssize_t got = readv(s->setup.fd, parts, (int)count);
    int error_number = errno;
    connection_data_commit(c, got > 0 ? (size_t)got : 0);
    judge(s, got, error_number, total_len(spans, count));
}

/* A filter may produce up to twice the octets it gets (an escape character that was held back). */
static void read_through_filter(struct pump_source *s)
{
    struct connection *c = s->pump->connection;
    struct span span;
    size_t count = connection_data_reserve(c, s->setup.channel, s->setup.extended, &span, 1);
    size_t room = count ? span.len / 2 : 0;
    if (count)
        connection_data_commit(c, 0);
    if (room == 0) {
        hold(s);
        return;
    }
    uint8_t octets[FILTER_MAX];
    size_t len = room < sizeof(octets) ? room : sizeof(octets);
    struct iovec part = { octets, len };
    ssize_t got = readv(s->setup.fd, &part, 1);
    int error_number = errno;
    bool goes_on = got <= 0 || s->setup.filter(s->setup.context, bytes_of(octets, (size_t)got));
    bytes_wipe(octets, got > 0 ? (size_t)got : 0);
    if (s->is_freed)
        return;
    if (goes_on)
        judge(s, got, error_number, len);
    else
        end(s, 0);
}

void pump_source_read_all(struct pump *p)
{
    for (struct pump_source *s = p->sources; s; s = s->next) {
        if (!s->is_ready || s->is_paused || s->has_ended || s->is_freed)
            continue;
        if (connection_output(p->connection).len >= PUMP_OUTPUT_ENOUGH)
            hold(s);
        else if (s->setup.filter)
            read_through_filter(s);
        else
            read_into_packets(s);
    }
}

struct pump_source *pump_source_new(struct pump *p, const struct pump_source_setup *setup)
{
    struct pump_source *s = calloc(1, sizeof(*s));
    CHECK(s != NULL);
    *s = (struct pump_source){ .pump = p, .next = p->sources, .setup = *setup, .is_ready = true };
    p->sources = s;
    if (setup->is_terminal)
        wait_for_more(s);
    pump_mark(p);
    return s;
}

void pump_source_pause(struct pump_source *s, bool pauses)
{
    s->is_paused = pauses;
    if (pauses)
        hold(s);
    s->is_ready = true;
    pump_mark(s->pump);
}

void pump_source_drain(struct pump_source *s)
{
    s->is_draining = s->is_ready = true;
    pump_mark(s->pump);
}

void pump_source_sweep(struct pump *p)
{
    for (struct pump_source **at = &p->sources; *at;) {
        struct pump_source *s = *at;
        if (!s->is_freed) {
            at = &s->next;
            continue;
        }
        *at = s->next;
        free(s);
    }
}

void pump_source_free(struct pump_source *s)
{
    if (!s)
        return;
    s->is_freed = true;
    pump_watch_free(s->watch);
    s->watch = NULL;
    pump_mark(s->pump);
}

void pump_source_free_all(struct pump *p)
{
    while (p->sources) {
        struct pump_source *s = p->sources;
        p->sources = s->next;
        pump_watch_free(s->watch);
        free(s);
    }
}
