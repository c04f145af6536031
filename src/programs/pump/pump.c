/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/pump/pump.h"

#include "base/check.h"
#include "os/clock.h"
#include "programs/pump/pump_internal.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* Flow: memory and windows as data needs them. */

/* Windows follow the path: see ssh/channel/window.h. */
static void measure_round_trip(struct pump *p)
{
    struct tcp_info info;
    socklen_t len = sizeof(info);
    if (getsockopt(p->in_fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0)
        connection_round_trip(p->connection, info.tcpi_rtt);
}

/* Held data was consumed, but still lies in the buffer. */
static bool needs_input(const struct pump *p)
{
    return buf_len(&p->input) > 0 || p->gather.is_held;
}

void pump_rest(struct pump *p)
{
    if (p->has_flow || needs_input(p))
        return;
    buf_wipe(&p->input);
    connection_rest(p->connection);
    pump_sink_rest(p);
}

/* Runs while data flows, and once more after that. */
static void on_quiet(uv_timer_t *timer)
{
    struct pump *p = timer->data;
    measure_round_trip(p);
    uint64_t moved = p->count.received + p->count.sent;
    bool is_quiet = moved == p->moved_before;
    p->moved_before = moved;
    if (!is_quiet || needs_input(p))
        return;
    p->has_flow = false;
    pump_rest(p);
    (void)uv_timer_stop(timer);
}

static void notice_flow(struct pump *p)
{
    if (p->has_flow)
        return;
    p->has_flow = true;
    p->moved_before = p->count.received + p->count.sent;
    measure_round_trip(p);
    (void)uv_timer_start(&p->quiet, on_quiet, PUMP_QUIET_MS, PUMP_QUIET_MS);
}

/* Sending. */

static void send_output(struct pump *p)
{
    while (!p->is_full) {
        struct bytes out = connection_output(p->connection);
        if (out.len == 0)
            return;
        struct iovec part = { (void *)(uintptr_t)out.data, out.len };
        ssize_t took = writev(p->out_fd, &part, 1);
        if (took < 0 && errno == EINTR)
            continue;
        /* What the peer sent before must not be lost: the connection ends when there is nothing more to read. */
        if (took < 0 && errno != EAGAIN) {
            p->send_error = errno;
            p->is_readable = p->again = true;
            took = (ssize_t)out.len;
        }
        if (took > 0) {
            connection_sent(p->connection, (size_t)took);
            p->count.sent += (uint64_t)took;
            if ((size_t)took > PUMP_INPUT_SMALL)
                notice_flow(p);
            /* Sources that this much output held up learn of its end only here. */
            p->again = p->again || out.len >= PUMP_OUTPUT_ENOUGH;
        }
        p->is_full = took < (ssize_t)out.len && p->out;
    }
}

/* The end. */

static void finish(struct pump *p, enum err err, int number)
{
    if (p->is_over)
        return;
    pump_sink_flush(p);
    send_output(p);
    p->is_over = true;
    pump_watch_free(p->in);
    if (p->out != p->in)
        pump_watch_free(p->out);
    p->in = p->out = NULL;
    (void)uv_idle_stop(&p->busy);
    (void)uv_timer_stop(&p->deadline);
    p->owner.ended(p->owner.context, err, number);
}

/* Events. */

static void hand_out(struct pump *p, const struct connection_event *event)
{
    if (event->kind == CONNECTION_CHANNEL_ROOM) {
        p->again = true;
        return;
    }
    struct pump_sink *sink = NULL;
    if (event->kind == CONNECTION_CHANNEL_DATA)
        sink = pump_sink_find(p, event->channel, event->extended);
    if (!sink) {
        p->owner.event(p->owner.context, event);
        return;
    }
    pump_sink_take(sink, event->data);
    if (connection_is_compressed(p->connection))
        pump_sink_flush(p);
}

static void drain_events(struct pump *p)
{
    struct connection_event event;
    while (!p->is_over && connection_next(p->connection, &event))
        hand_out(p, &event);
}

/* Receiving. */

static void feed(struct pump *p)
{
    while (buf_len(&p->input) > 0 && !p->is_over && !p->gather.is_held) {
        struct span in = { p->input.data + p->input.start, buf_len(&p->input) };
        size_t used = 0;
        enum err err = connection_feed(p->connection, in, &used);
        buf_consume(&p->input, used);
        drain_events(p);
        if (err != OK)
            finish(p, err, 0);
        else if (used == 0)
            break;
    }
    /* The next receive would overwrite the borrowed data. */
    pump_sink_write_or_hold(p);
}

static struct span input_room(struct pump *p)
{
    size_t size = p->has_flow ? PUMP_INPUT_LARGE : PUMP_INPUT_SMALL;
    struct span room;
    enum err err = buf_reserve(&p->input, size - buf_len(&p->input), &room);
    CHECK(err == OK && room.len > 0);
    return room;
}

/* The loop would report an error queued on the socket (IP_RECVERR) for ever. */
static void drop_queued_error(int fd)
{
    struct msghdr nothing = { 0 };
    (void)recvmsg(fd, &nothing, MSG_ERRQUEUE | MSG_DONTWAIT);
}

/* Whether nothing can be sent any more, either. */
static bool is_cut(int fd)
{
    struct msghdr nothing = { 0 };
    return sendmsg(fd, &nothing, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno == EPIPE;
}

static void finish_at_end(struct pump *p)
{
    if (p->is_joint && is_cut(p->in_fd))
        finish(p, ERR_SYSTEM, ECONNRESET);
    else
        finish(p, OK, 0);
}

static void receive(struct pump *p)
{
    struct span room = input_room(p);
    struct iovec part = { room.data, room.len };
    ssize_t got = readv(p->in_fd, &part, 1);
    if (got > 0) {
        p->count.received += (uint64_t)got;
        buf_commit(&p->input, (size_t)got);
        if ((size_t)got == room.len)
            notice_flow(p);
        else
            p->is_readable = !p->in;
        p->again = p->again || p->is_readable;
        feed(p);
    } else if (got == 0) {
        finish_at_end(p);
    } else if (errno == EAGAIN || errno == EINTR) {
        buf_commit(&p->input, 0);
        p->is_readable = false;
        drop_queued_error(p->in_fd);
        if (p->send_error != 0)
            finish(p, ERR_SYSTEM, p->send_error);
    } else {
        finish(p, ERR_SYSTEM, errno);
    }
}

/* Turns. */

/* A full input waits for an answer of the owner: the machine takes nothing before that. */
static bool hears(const struct pump *p)
{
    return connection_output(p->connection).len < PUMP_OUTPUT_FULL &&
           buf_len(&p->input) < PUMP_INPUT_LARGE && !p->gather.is_held;
}

static void round_once(struct pump *p)
{
    enum err err = connection_expire(p->connection, clock_now());
    drain_events(p);
    if (err != OK)
        finish(p, err, 0);
    /* What the machine did not take until the owner answered. */
    if (!p->is_over && buf_len(&p->input) > 0)
        feed(p);
    if (!p->is_over && p->is_readable && hears(p))
        receive(p);
    if (!p->is_over)
        pump_source_read_all(p);
    drain_events(p);
    /* An event, or what its owner did about it, may have been the end. */
    err = connection_error(p->connection);
    if (err != OK)
        finish(p, err, 0);
    if (!p->is_over)
        send_output(p);
}

static void on_deadline(uv_timer_t *timer);

static void arm_deadline(struct pump *p)
{
    struct instant at = connection_deadline(p->connection);
    if (at.us == p->deadline_at.us)
        return;
    p->deadline_at = at;
    if (at.us == INSTANT_NEVER.us) {
        (void)uv_timer_stop(&p->deadline);
        return;
    }
    int64_t left_us = at.us - clock_now().us;
    uint64_t left_ms = left_us > 0 ? (uint64_t)(left_us + 999) / 1000 : 0;
    uv_update_time(p->loop);
    (void)uv_timer_start(&p->deadline, on_deadline, left_ms, 0);
}

/* Stops watching for room one report late: a busy socket is soon full again. */
static int writable_wanted(const struct pump *p)
{
    bool lingers = p->out && (pump_watch_events(p->out) & UV_WRITABLE) && !p->was_writable;
    return p->is_full || lingers ? UV_WRITABLE : 0;
}

static void arm(struct pump *p)
{
    int reads = hears(p) ? UV_READABLE : 0;
    int writes = writable_wanted(p);
    if (p->in)
        pump_watch_set(p->in, p->in == p->out ? reads | writes : reads);
    if (p->out && p->out != p->in)
        pump_watch_set(p->out, writes);
    p->was_writable = false;
    arm_deadline(p);
}

static void on_busy(uv_idle_t *idle)
{
    struct pump *p = idle->data;
    p->is_marked = true;
}

static void turn(struct pump *p)
{
    p->is_turning = true;
    p->is_marked = false;
    p->again = true;
    for (int rounds = 0; p->again && !p->is_over && rounds < PUMP_ROUNDS; rounds++) {
        p->again = false;
        round_once(p);
    }
    p->is_turning = false;
    pump_source_sweep(p);
    pump_sink_sweep(p);
    if (p->is_over)
        return;
    arm(p);
    if (p->again)
        (void)uv_idle_start(&p->busy, on_busy);
    else
        (void)uv_idle_stop(&p->busy);
}

static void on_deadline(uv_timer_t *timer)
{
    struct pump *p = timer->data;
    p->deadline_at = (struct instant){ 0 };
    if (!p->is_over)
        turn(p);
}

static void on_after_poll(uv_check_t *check)
{
    struct pump *p = check->data;
    if (p->is_marked && !p->is_over)
        turn(p);
}

static void on_socket(void *context, int events)
{
    struct pump *p = context;
    if (events & UV_READABLE)
        p->is_readable = true;
    if (events & UV_WRITABLE) {
        p->is_full = false;
        p->was_writable = true;
    }
    p->is_marked = true;
}

void pump_mark(struct pump *p)
{
    p->is_marked = true;
    if (p->is_turning)
        p->again = true;
    else if (!p->is_over)
        (void)uv_idle_start(&p->busy, on_busy);
}

void pump_kick(struct pump *p)
{
    if (p->is_turning)
        p->again = true;
    else if (!p->is_over)
        turn(p);
}

/* Life. */

static void own_handle(struct pump *p, uv_handle_t *handle)
{
    handle->data = p;
    p->open_handles++;
    uv_unref(handle);
}

struct pump *pump_new(uv_loop_t *loop, struct connection *connection, int in_fd, int out_fd,
                      const struct pump_owner *owner)
{
    struct pump *p = calloc(1, sizeof(*p));
    CHECK(p != NULL);
    p->loop = loop;
    p->connection = connection;
    p->owner = *owner;
    p->in_fd = in_fd;
    p->out_fd = out_fd;
    p->in = pump_watch_new(loop, in_fd, on_socket, p);
    p->out = out_fd == in_fd ? p->in : pump_watch_new(loop, out_fd, on_socket, p);
    p->is_readable = !p->in;
    buf_init(&p->input, PUMP_INPUT_LARGE);
    (void)uv_check_init(loop, &p->after_poll);
    own_handle(p, (uv_handle_t *)&p->after_poll);
    (void)uv_idle_init(loop, &p->busy);
    own_handle(p, (uv_handle_t *)&p->busy);
    (void)uv_timer_init(loop, &p->deadline);
    own_handle(p, (uv_handle_t *)&p->deadline);
    (void)uv_timer_init(loop, &p->quiet);
    own_handle(p, (uv_handle_t *)&p->quiet);
    (void)uv_timer_init(loop, &p->hold);
    own_handle(p, (uv_handle_t *)&p->hold);
    (void)uv_check_start(&p->after_poll, on_after_poll);
    (void)uv_idle_start(&p->busy, on_busy);
    return p;
}

void pump_set_joint(struct pump *p)
{
    p->is_joint = true;
}

static void on_closed(uv_handle_t *handle)
{
    struct pump *p = handle->data;
    if (--p->open_handles == 0)
        free(p);
}

void pump_free(struct pump *p)
{
    if (!p)
        return;
    CHECK(!p->is_turning);
    pump_source_free_all(p);
    pump_sink_free_all(p);
    pump_watch_free(p->in);
    if (p->out != p->in)
        pump_watch_free(p->out);
    buf_wipe(&p->input);
    uv_close((uv_handle_t *)&p->after_poll, on_closed);
    uv_close((uv_handle_t *)&p->busy, on_closed);
    uv_close((uv_handle_t *)&p->deadline, on_closed);
    uv_close((uv_handle_t *)&p->quiet, on_closed);
    uv_close((uv_handle_t *)&p->hold, on_closed);
}

struct pump_count pump_count(const struct pump *p)
{
    return p->count;
}
