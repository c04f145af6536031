/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/worker/session_channel.h"

#include "base/check.h"
#include "programs/server/common/log.h"
#include "programs/server/session/signals.h"
#include "programs/server/worker/session_link.h"

#include <stdlib.h>

enum {
    SESSION_CHANNEL_GREETING_MAX = 32 * 1024,
    SESSION_CHANNEL_STDERR = 1, /* SSH_EXTENDED_DATA_STDERR, RFC 4254 section 5.2 */
    SESSION_CHANNEL_EOF_MS = 200,
};

struct session_channel {
    const struct session_channel_host *host;
    uint32_t number;
    struct session_link *session;
    struct pump_sink *in;
    struct pump_source *out, *err;
    uv_poll_t end; /* watches for the program's end */
    uv_timer_t patience;
    int open_handles;
    bool has_ended;
    struct process_exit how; /* how it ended */
    bool eof_came, eof_sent;
    bool is_over; /* our CLOSE is sent */
};

struct session_channel *session_channel_new(const struct session_channel_host *host,
                                            uint32_t number)
{
    struct session_channel *channel = calloc(1, sizeof(*channel));
    CHECK(channel);
    channel->host = host;
    channel->number = number;
    channel->session = session_link_new(host->records, number);
    return channel;
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct session_channel *channel = handle->data;
    if (--channel->open_handles == 0)
        free(channel);
}

static void drop_source(struct pump_source **source)
{
    if (*source)
        pump_source_free(*source);
    *source = NULL;
}

static void drop_sink(struct session_channel *channel)
{
    if (channel->in)
        pump_sink_free(channel->in);
    channel->in = NULL;
}

/* The pump lets go of the descriptors before the session closes them. */
static void drop_program(struct session_channel *channel)
{
    drop_sink(channel);
    drop_source(&channel->out);
    drop_source(&channel->err);
    if (channel->open_handles > 0) {
        uv_poll_stop(&channel->end);
        uv_timer_stop(&channel->patience);
    }
    session_link_free(channel->session);
    channel->session = NULL;
}

void session_channel_free(struct session_channel *channel)
{
    drop_program(channel);
    if (channel->open_handles == 0) {
        free(channel);
        return;
    }
    uv_close((uv_handle_t *)&channel->end, on_handle_closed);
    uv_close((uv_handle_t *)&channel->patience, on_handle_closed);
}

uint32_t session_channel_number(const struct session_channel *channel)
{
    return channel->number;
}

static void send_exit(struct session_channel *channel)
{
    const struct process_exit *how = &channel->how;
    struct channel_request request = { .kind = CHANNEL_REQUEST_EXIT_STATUS,
                                       .status = (uint32_t)how->number };
    if (how->is_signal) {
        request.kind = CHANNEL_REQUEST_EXIT_SIGNAL;
        request.text = bytes_text(signals_name(how->number));
        request.core_dumped = how->core_dumped;
    }
    connection_request(channel->host->connection, channel->number, &request);
}

static void send_eof(struct session_channel *channel)
{
    if (!channel->eof_sent)
        connection_eof(channel->host->connection, channel->number);
    channel->eof_sent = true;
}

/* The channel ends when the program has ended and everything it wrote is on its way; a process that inherited its
 * output keeps it open. */
static void finish_if_over(struct session_channel *channel)
{
    if (!channel->has_ended && session_link_ended(channel->session, &channel->how)) {
        channel->has_ended = true;
        uv_poll_stop(&channel->end);
        /* The terminal was hung up with it: processes that run on cannot write to it any more, but keep it open. */
        if (channel->out && session_link_streams(channel->session)->is_terminal)
            pump_source_drain(channel->out);
    }
    if (!channel->has_ended || channel->out || channel->err)
        return;

    channel->is_over = true;
    send_exit(channel);
    send_eof(channel);
    connection_close(channel->host->connection, channel->number);
    drop_program(channel);
}

static void on_program_end(uv_poll_t *handle, int status, int events)
{
    (void)status;
    (void)events;
    struct session_channel *channel = handle->data;
    finish_if_over(channel);
    pump_kick(channel->host->pump);
}

/* The program has closed its output and runs on. */
static void on_patience_end(uv_timer_t *timer)
{
    struct session_channel *channel = timer->data;
    send_eof(channel);
    pump_kick(channel->host->pump);
}

static void on_output_end(void *context, struct pump_source *source, int error_number)
{
    (void)error_number;
    struct session_channel *channel = context;
    if (source == channel->out)
        drop_source(&channel->out);
    else
        drop_source(&channel->err);

    finish_if_over(channel);
    /* Usually the program ends a moment later, and its status should precede EOF: a client that has nothing more to
     * send may close at EOF and miss the status. */
    if (!channel->out && !channel->err && !channel->is_over)
        (void)uv_timer_start(&channel->patience, on_patience_end, SESSION_CHANNEL_EOF_MS, 0);
}

static void on_input_done(void *context, struct pump_sink *sink)
{
    (void)sink;
    struct session_channel *channel = context;
    drop_sink(channel);
    session_link_close_input(channel->session);
}

/* The program reads no more: saves the peer from sending what is not wanted. */
static void on_input_failed(void *context, struct pump_sink *sink, int error_number)
{
    (void)sink;
    (void)error_number;
    struct session_channel *channel = context;
    struct bytes ident = connection_peer_ident(channel->host->connection);
    struct channel_request request = { .kind = CHANNEL_REQUEST_EOW };
    if (!channel->eof_came && bytes_starts(ident, "SSH-2.0-OpenSSH"))
        connection_request(channel->host->connection, channel->number, &request);
}

static struct pump_source *open_source(struct session_channel *channel, int fd, uint32_t extended)
{
    const struct pump_source_setup setup = {
        .fd = fd,
        .channel = channel->number,
        .extended = extended,
        .ended = on_output_end,
        .context = channel,
    };
    return pump_source_new(channel->host->pump, &setup);
}

static void watch_end(struct session_channel *channel)
{
    uv_loop_t *loop = channel->host->loop;
    channel->end.data = channel->patience.data = channel;
    CHECK(uv_poll_init(loop, &channel->end, session_link_end_fd(channel->session)) == 0);
    CHECK(uv_timer_init(loop, &channel->patience) == 0);
    channel->open_handles = 2;
    CHECK(uv_poll_start(&channel->end, UV_READABLE, on_program_end) == 0);
}

static void join_streams(struct session_channel *channel)
{
    const struct session_streams *streams = session_link_streams(channel->session);
    const struct pump_sink_setup setup = {
        .fd = streams->in,
        .channel = channel->number,
        .failed = on_input_failed,
        .drained = on_input_done,
        .context = channel,
    };
    channel->in = pump_sink_new(channel->host->pump, &setup);
    channel->out = open_source(channel, streams->out, 0);
    if (streams->err >= 0)
        channel->err = open_source(channel, streams->err, SESSION_CHANNEL_STDERR);

    watch_end(channel);
    if (channel->eof_came)
        session_channel_eof(channel);
}

/* Replies itself: the reply must precede the program's first octet. */
static bool start(struct session_channel *channel, const struct channel_request *request)
{
    enum session_program program = request->kind == CHANNEL_REQUEST_SHELL  ? SESSION_SHELL
                                   : request->kind == CHANNEL_REQUEST_EXEC ? SESSION_EXEC
                                                                           : SESSION_SUBSYSTEM;
    scoped(buf) greeting = BUF_EMPTY(SESSION_CHANNEL_GREETING_MAX);
    bool started = session_link_start(channel->session, program, request->text, &greeting);
    if (request->want_reply)
        connection_answer_request(channel->host->connection, channel->number, started);
    if (!started)
        return false;

    (void)connection_data_copy(channel->host->connection, channel->number, 0, buf_bytes(&greeting));
    join_streams(channel);
    return true;
}

static bool open_terminal(struct session_channel *channel, const struct channel_request *request)
{
    const struct session_terminal terminal = {
        .type = request->term,
        .modes = request->modes,
        .columns = request->columns,
        .rows = request->rows,
        .width = request->width,
        .height = request->height,
    };
    return session_link_open_terminal(channel->session, &terminal);
}

/* The peer wants no more output: the program's next write fails. */
static bool stop_output(struct session_channel *channel)
{
    drop_source(&channel->out);
    session_link_close_output(channel->session);
    finish_if_over(channel);
    return true;
}

static bool serve(struct session_channel *channel, const struct channel_request *request)
{
    switch (request->kind) {
    case CHANNEL_REQUEST_PTY:
        return open_terminal(channel, request);
    case CHANNEL_REQUEST_ENV:
        return session_link_set_variable(channel->session, request->variable, request->text);
    case CHANNEL_REQUEST_WINDOW_CHANGE:
        return session_link_resize(channel->session, request->columns, request->rows,
                                   request->width, request->height);
    case CHANNEL_REQUEST_SIGNAL:
        return session_link_signal(channel->session, request->text);
    case CHANNEL_REQUEST_BREAK:
        return session_link_break(channel->session);
    case CHANNEL_REQUEST_EOW:
        return stop_output(channel);
    case CHANNEL_REQUEST_SHELL:
    case CHANNEL_REQUEST_EXEC:
    case CHANNEL_REQUEST_SUBSYSTEM:
    case CHANNEL_REQUEST_EXIT_STATUS:
    case CHANNEL_REQUEST_EXIT_SIGNAL:
    case CHANNEL_REQUEST_XON_XOFF:
    case CHANNEL_REQUEST_KEEPALIVE:
    case CHANNEL_REQUEST_OTHER:
        return false;
    }
    return false;
}

static bool is_start(const struct channel_request *request)
{
    return request->kind == CHANNEL_REQUEST_SHELL || request->kind == CHANNEL_REQUEST_EXEC ||
           request->kind == CHANNEL_REQUEST_SUBSYSTEM;
}

void session_channel_request(struct session_channel *channel, const struct channel_request *request)
{
    if (!channel->is_over && is_start(request)) {
        (void)start(channel, request);
        return;
    }
    bool done = !channel->is_over && serve(channel, request);
    if (request->want_reply)
        connection_answer_request(channel->host->connection, channel->number, done);
}

void session_channel_eof(struct session_channel *channel)
{
    channel->eof_came = true;
    /* The user of a terminal ends input with a character; the channel's end of file means nothing to it. */
    if (channel->in && !session_link_streams(channel->session)->is_terminal)
        pump_sink_finish(channel->in);
}
