/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/explain_view.h"

#include "base/buf.h"
#include "base/check.h"
#include "explain/json.h"
#include "explain/ladder.h"
#include "os/clock.h"
#include "os/endpoint.h"
#include "os/os_events.h"
#include "os/screen.h"
#include "os/tcp_view.h"
#include "os/terminal.h"
#include "programs/client/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME_MAX_LEN = 160 };

struct explain_view {
    struct ladder *ladder;
    struct json *json;
    const struct trace *trace;
    int fd;
    const char *path; /* of --explain-to, else NULL: stderr */
    int problem;      /* errno of the first write that failed; or 0 */
    bool is_over;
    struct tcp_view *attempts[DIAL_ADDRESSES_MAX]; /* of the addresses being tried */
    struct tcp_view *winner;
    bool has_own_tcp;      /* --tun */
    struct endpoint local; /* of our own TCP */
};

static void put(struct explain_view *v, struct bytes text)
{
    while (text.len && !v->problem) {
        ssize_t took = write(v->fd, text.data, text.len);
        if (took < 0 && errno != EINTR)
            v->problem = errno;
        text = bytes_skip(text, took > 0 ? (size_t)took : 0);
    }
}

/* A raw terminal does not return the carriage by itself. */
static void put_on_raw_terminal(struct explain_view *v, struct bytes lines)
{
    scoped(buf) returned = BUF_EMPTY(2 * lines.len);
    while (lines.len) {
        enum err err = buf_append(&returned, bytes_cut(&lines, '\n'));
        CHECK(err == OK);
        err = buf_append_text(&returned, "\r\n");
        CHECK(err == OK);
    }
    put(v, buf_bytes(&returned));
}

/* In one write: other processes may write to the same terminal or file. */
static void write_out(void *context, struct bytes lines)
{
    struct explain_view *v = context;
    if (v->is_over)
        return;
    if (terminal_is_raw() && isatty(v->fd))
        put_on_raw_terminal(v, lines);
    else
        put(v, lines);
}

static struct instant now(void *context)
{
    (void)context;
    return clock_now();
}

static bool open_output(struct explain_view *v, const char *path)
{
    v->fd = STDERR_FILENO;
    v->path = path;
    if (!path)
        return true;
    v->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600);
    if (v->fd < 0)
        log_write(OPTION_LOG_ERROR, "glassh: --explain-to %s: %s", path, strerror(errno));
    return v->fd >= 0;
}

static void close_output(struct explain_view *v)
{
    if (!v->path)
        return;
    if (close(v->fd) != 0 && !v->problem)
        v->problem = errno;
    if (v->problem)
        log_write(OPTION_LOG_ERROR, "glassh: --explain-to %s: not all could be written: %s",
                  v->path, strerror(v->problem));
}

static void start(struct explain_view *v, enum arguments_explain form)
{
    if (form == ARGUMENTS_EXPLAIN_JSON) {
        const struct json_setup setup = { .write = write_out, .now = now, .context = v };
        v->json = json_new(&setup);
        v->trace = json_trace(v->json);
        return;
    }
    bool is_ascii = form == ARGUMENTS_EXPLAIN_ASCII ||
                    (form != ARGUMENTS_EXPLAIN_UNICODE && !screen_has_unicode());
    const struct ladder_setup setup = { .form = is_ascii ? LADDER_ASCII : LADDER_UNICODE,
                                        .has_colour = screen_has_colour(v->fd),
                                        .is_short = form == ARGUMENTS_EXPLAIN_SHORT,
                                        .write = write_out,
                                        .now = now,
                                        .context = v };
    v->ladder = ladder_new(&setup);
    v->trace = ladder_trace(v->ladder);
}

struct explain_view *explain_view_new(const struct arguments *arguments, bool *failed)
{
    *failed = false;
    if (arguments->explain == ARGUMENTS_EXPLAIN_OFF)
        return NULL;
    struct explain_view *v = calloc(1, sizeof(*v));
    CHECK(v != NULL);
    v->has_own_tcp = arguments->tuns.count > 0;
    *failed = !open_output(v, arguments->explain_to);
    if (*failed) {
        free(v);
        return NULL;
    }
    start(v, arguments->explain);
    return v;
}

static void drop_attempts(struct explain_view *v)
{
    for (size_t i = 0; i < DIAL_ADDRESSES_MAX; i++) {
        tcp_view_free(v->attempts[i]);
        v->attempts[i] = NULL;
    }
}

void explain_view_free(struct explain_view *v)
{
    if (!v)
        return;
    drop_attempts(v);
    tcp_view_free(v->winner);
    ladder_free(v->ladder);
    json_free(v->json);
    close_output(v);
    free(v);
}

const struct trace *explain_view_trace(struct explain_view *v)
{
    return v ? v->trace : NULL;
}

/* ---- the network ---- */

static void name_ends(struct explain_view *v, const char *host, const struct endpoint *local,
                      const struct endpoint *peer)
{
    char left[NAME_MAX_LEN], right[NAME_MAX_LEN + 256], address[ENDPOINT_TEXT_MAX];
    if (!v->ladder)
        return;
    (void)snprintf(left, sizeof(left), "you %s", endpoint_format(local, address));
    endpoint_format(peer, address);
    if (strcmp(host, peer->address) == 0)
        (void)snprintf(right, sizeof(right), "%s", address);
    else
        (void)snprintf(right, sizeof(right), "%.200s %s", host, address);
    ladder_name_ends(v->ladder, left, right);
}

static void on_trying(struct explain_view *v, const struct dial_event *event)
{
    struct endpoint at = endpoint_of(event->address, event->address_len);
    TRACE(v->trace, &os_events_TRY, trace_text("src", "kernel"), trace_text("address", at.address),
          trace_number("port", at.port));
    if (event->index >= DIAL_ADDRESSES_MAX || v->has_own_tcp)
        return;
    struct tcp_view **attempt = &v->attempts[event->index];
    tcp_view_free(*attempt);
    *attempt = tcp_view_begin(event->fd, event->address, event->address_len, v->trace);
}

/* The view of that attempt, now the caller's; or NULL. */
static struct tcp_view *take_attempt(struct explain_view *v, const struct dial_event *event)
{
    if (event->index >= DIAL_ADDRESSES_MAX)
        return NULL;
    struct tcp_view *view = v->attempts[event->index];
    v->attempts[event->index] = NULL;
    return view;
}

/* Our own TCP (--tun) has no socket to look at; it reports itself (explain_view_tcp). */
static void tell_own_failure(struct explain_view *v, const struct dial_event *event)
{
    struct endpoint at = endpoint_of(event->address, event->address_len);
    TRACE(v->trace, &os_events_FAILED, trace_text("src", "stack"),
          trace_text("address", at.address), trace_number("port", at.port),
          trace_text("error", strerror(event->error_number)));
}

static void on_failed(struct explain_view *v, const struct dial_event *event)
{
    struct tcp_view *view = take_attempt(v, event);
    if (v->has_own_tcp)
        tell_own_failure(v, event);
    if (view)
        tcp_view_failed(view, event->error_number);
    tcp_view_free(view);
}

static void on_connected(struct explain_view *v, const char *host, const struct dial_event *event)
{
    bool is_own = v->has_own_tcp;
    struct endpoint local = is_own ? v->local : endpoint_local(event->fd);
    struct endpoint peer =
        is_own ? endpoint_of(event->address, event->address_len) : endpoint_peer(event->fd);
    name_ends(v, host, &local, &peer);
    TRACE(v->trace, &os_events_CONNECTED, trace_text("src", is_own ? "stack" : "kernel"),
          trace_text("local", local.address), trace_number("local_port", local.port),
          trace_text("remote", peer.address), trace_number("remote_port", peer.port));
    tcp_view_free(v->winner);
    v->winner = take_attempt(v, event);
    if (v->winner)
        tcp_view_connected(v->winner);
}

static void on_dropped(struct explain_view *v, const struct dial_event *event)
{
    struct tcp_view *view = take_attempt(v, event);
    if (view)
        tcp_view_dropped(view);
    tcp_view_free(view);
}

static void on_resolved(struct explain_view *v, const char *host, const struct dial_event *event)
{
    struct endpoint at = endpoint_of(event->address, event->address_len);
    TRACE(v->trace, &os_events_RESOLVED, trace_text("src", "kernel"), trace_text("name", host),
          trace_text("address", at.address), trace_number("index", event->index),
          trace_number("count", event->count));
}

void explain_view_dial(struct explain_view *v, const char *host, const struct dial_event *event)
{
    if (!v)
        return;
    switch (event->kind) {
    case DIAL_LOOKING:
        break;
    case DIAL_UNRESOLVED:
        TRACE(v->trace, &os_events_UNRESOLVED, trace_text("src", "kernel"),
              trace_text("name", host), trace_text("error", event->reason));
        break;
    case DIAL_RESOLVED:
        on_resolved(v, host, event);
        break;
    case DIAL_TRYING:
        on_trying(v, event);
        break;
    case DIAL_FAILED:
        on_failed(v, event);
        break;
    case DIAL_CONNECTED:
        on_connected(v, host, event);
        break;
    case DIAL_DROPPED:
        on_dropped(v, event);
        break;
    }
}

void explain_view_proxy(struct explain_view *v, const char *host, int port)
{
    char right[NAME_MAX_LEN + 256];
    if (!v)
        return;
    TRACE(
        v->trace, &os_events_PROXY, trace_text("src", "rule"), trace_text("name", host),
        trace_number("port", (uint64_t)port),
        trace_text("why", "its TCP, if it has one, is not seen: the socket is in another process"));
    (void)snprintf(right, sizeof(right), "%.200s by a command", host);
    if (v->ladder)
        ladder_name_ends(v->ladder, "you", right);
}

/* The state that the other end must be in, given ours (RFC 9293 section 3.5). */
static const char *server_state(struct bytes ours)
{
    return bytes_is(ours, "ESTABLISHED") ? "SYN-RECEIVED" : "LISTEN";
}

void explain_view_tcp(struct explain_view *v, const struct tcp_link_news *news)
{
    if (!v)
        return;
    if (news->kind == TCP_LINK_CONNECTED)
        v->local = news->local;
    if (news->kind == TCP_LINK_SEGMENT)
        TRACE(v->trace, &os_events_SEGMENT, trace_text("src", "stack"),
              trace_number("out", news->is_out), trace_peer("flags", news->flags),
              trace_number("seq", news->seq), trace_number("ack", news->ack),
              trace_number("window", news->window), trace_number("len", news->len),
              trace_peer("options", news->options), trace_peer("why", news->why));
    if (news->kind == TCP_LINK_STATE &&
        (bytes_is(news->new_state, "SYN-SENT") || bytes_is(news->new_state, "ESTABLISHED")))
        TRACE(v->trace, &os_events_STATE, trace_text("src", "stack"),
              trace_peer("client", news->new_state),
              trace_text("server", server_state(news->new_state)));
}

void explain_view_closed(struct explain_view *v, const char *how)
{
    if (v)
        TRACE(v->trace, &os_events_CLOSED, trace_text("src", "kernel"), trace_text("how", how));
}

void explain_view_again(struct explain_view *v, const char *why)
{
    if (v)
        TRACE(v->trace, &os_events_AGAIN, trace_text("src", "deduced"), trace_text("why", why));
}

static void end_story(struct explain_view *v)
{
    if (v->ladder)
        ladder_finish(v->ladder);
    v->is_over = true;
}

void explain_view_yield(struct explain_view *v)
{
    if (!v || v->path || v->is_over)
        return;
    if (v->winner)
        tcp_view_end(v->winner);
    end_story(v);
}

void explain_view_ending(struct explain_view *v)
{
    if (v && v->winner && !v->is_over)
        tcp_view_end(v->winner);
}

void explain_view_finish(struct explain_view *v)
{
    if (!v || v->is_over)
        return;
    if (v->winner)
        tcp_view_closed(v->winner);
    end_story(v);
}
