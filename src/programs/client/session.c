/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/session.h"

#include "base/check.h"
#include "base/escape.h"
#include "base/pattern.h"
#include "config/option_value.h"
#include "os/terminal.h"
#include "programs/client/log.h"
#include "programs/client/streams.h"
#include "ssh/channel/terminal_modes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MODES_MAX = 1024, FAILED = 255, BREAK_MS = 1000, FILTERED_MAX = 8 * 1024 };

/* What to ask for. */

static const char *command_of(const struct session *s)
{
    const char *remote = s->options->remote_command;
    if (s->arguments->command)
        return s->arguments->command;
    return remote && strcmp(remote, "none") != 0 ? remote : NULL;
}

static bool has_terminal(const struct session *s)
{
    bool has = isatty(STDIN_FILENO) && !s->arguments->no_input;
    if (!has)
        log_write(OPTION_LOG_INFO,
                  "Pseudo-terminal will not be allocated because stdin is not a terminal.");
    return has;
}

static bool decide_terminal(const struct session *s)
{
    switch (s->options->request_tty) {
    case CLIENT_TTY_NO:
        return false;
    case CLIENT_TTY_FORCE:
        return true;
    case CLIENT_TTY_YES:
        return has_terminal(s);
    case CLIENT_TTY_AUTO:
        return !command_of(s) && !s->arguments->is_subsystem && has_terminal(s);
    }
    return false;
}

void session_init(struct session *s, const struct arguments *arguments,
                  const struct client_options *options, const struct session_owner *owner)
{
    *s = (struct session){ .arguments = arguments,
                           .options = options,
                           .owner = *owner,
                           .exit_status = FAILED,
                           .in_fd = -1,
                           .out_fd = -1,
                           .err_fd = -1 };
    s->wants_terminal = !arguments->no_session && decide_terminal(s);
    escape_filter_init(&s->escape, s->wants_terminal ? options->escape_char : -1);
}

static void send_variable(struct session *s, struct bytes name, struct bytes value)
{
    struct channel_request request = { .kind = CHANNEL_REQUEST_ENV,
                                       .variable = name,
                                       .text = value };
    connection_request(s->connection, s->channel, &request);
}

static bool is_wanted(const struct option_list *patterns, struct bytes name)
{
    for (size_t i = 0; i < patterns->count; i++) {
        if (pattern_match(name, bytes_text(patterns->items[i])))
            return true;
    }
    return false;
}

static void send_environment(struct session *s)
{
    for (char **at = environ; at && *at; at++) {
        struct bytes value = bytes_text(*at);
        struct bytes name = bytes_cut(&value, '=');
        if (is_wanted(&s->options->send_env, name))
            send_variable(s, name, value);
    }
    for (size_t i = 0; i < s->options->set_env.count; i++) {
        struct bytes value = bytes_text(s->options->set_env.items[i]);
        struct bytes name = bytes_cut(&value, '=');
        send_variable(s, name, value);
    }
}

static void request_terminal(struct session *s)
{
    scoped(buf) encoded = BUF_EMPTY(MODES_MAX);
    struct terminal_size size = { 0 };
    struct termios modes;
    const char *term = getenv("TERM");
    (void)terminal_size(STDIN_FILENO, &size);
    bool has_modes =
        terminal_modes(STDIN_FILENO, &modes) && terminal_modes_encode(&modes, &encoded) == OK;
    struct channel_request request = { .kind = CHANNEL_REQUEST_PTY,
                                       .want_reply = true,
                                       .term = bytes_text(term ? term : ""),
                                       .columns = size.columns,
                                       .rows = size.rows,
                                       .width = size.width,
                                       .height = size.height,
                                       .modes =
                                           has_modes ? buf_bytes(&encoded) : BYTES_LITERAL("\0") };
    s->expects_terminal_reply = true;
    connection_request(s->connection, s->channel, &request);
}

static void request_start(struct session *s)
{
    const char *command = command_of(s);
    struct channel_request request = { .kind = CHANNEL_REQUEST_SHELL, .want_reply = true };
    if (s->arguments->is_subsystem)
        request.kind = CHANNEL_REQUEST_SUBSYSTEM;
    else if (command)
        request.kind = CHANNEL_REQUEST_EXEC;
    request.text = bytes_text(command);
    if (command)
        log_write(OPTION_LOG_DEBUG1, "Sending %s: %s",
                  s->arguments->is_subsystem ? "subsystem" : "command", command);
    s->expects_start_reply = true;
    connection_request(s->connection, s->channel, &request);
}

void session_start(struct session *s, struct connection *connection)
{
    CHECK(!s->is_started);
    s->is_started = true;
    s->connection = connection;
    s->channel = connection_open_session(connection);
    send_environment(s);
    if (s->wants_terminal)
        request_terminal(s);
    request_start(s);
}

/* Our ends. */

static void write_help(struct session *s)
{
    scoped(buf) help = BUF_EMPTY(MODES_MAX);
    if (escape_filter_help(&s->escape, &help) == OK)
        (void)!write(STDERR_FILENO, help.data + help.start, buf_len(&help));
}

static void change_level(int by)
{
    const struct option_choice *choice = option_value_log_levels;
    int level = (int)log_level() + by;
    if (level < OPTION_LOG_QUIET || level > OPTION_LOG_DEBUG3)
        return;
    log_set_level((enum option_log_level)level);
    while (choice->number != level)
        choice++;
    (void)dprintf(STDERR_FILENO, "[LogLevel %s]\r\n", choice->name);
}

static void run_command(struct session *s, enum escape_command command)
{
    struct channel_request request = { .kind = CHANNEL_REQUEST_BREAK, .status = BREAK_MS };
    switch (command) {
    case ESCAPE_FILTER_NONE:
    case ESCAPE_FILTER_REKEY: /* see on_typed */
        break;
    case ESCAPE_FILTER_DISCONNECT:
        s->owner.disconnect(s->owner.context);
        break;
    case ESCAPE_FILTER_SUSPEND:
        terminal_suspend();
        break;
    case ESCAPE_FILTER_HELP:
        write_help(s);
        break;
    case ESCAPE_FILTER_BREAK:
        connection_request(s->connection, s->channel, &request);
        break;
    case ESCAPE_FILTER_LOUDER:
        change_level(1);
        break;
    case ESCAPE_FILTER_QUIETER:
        change_level(-1);
        break;
    }
}

static bool on_typed(void *context, struct bytes typed)
{
    struct session *s = context;
    bool wants_new_keys = false;
    while (typed.len) {
        scoped(buf) passed = BUF_EMPTY(FILTERED_MAX);
        enum escape_command command = escape_filter_next(&s->escape, &typed, &passed);
        (void)connection_data_copy(s->connection, s->channel, 0, buf_bytes(&passed));
        run_command(s, command);
        wants_new_keys |= command == ESCAPE_FILTER_REKEY;
        if (command == ESCAPE_FILTER_DISCONNECT)
            return false;
    }
    if (wants_new_keys) /* after what was typed with it: no data is taken during the exchange */
        connection_rekey(s->connection);
    return true;
}

static void on_input_end(void *context, struct pump_source *source, int error_number)
{
    (void)error_number;
    struct session *s = context;
    if (!s->is_closed)
        connection_eof(s->connection, s->channel);
    pump_source_free(source);
    s->input = NULL;
}

static void finish_if_done(struct session *s)
{
    if (s->has_ended || !s->is_closed || s->sinks_open)
        return;
    s->has_ended = true;
    s->owner.ended(s->owner.context, s->is_lost ? FAILED : s->exit_status);
}

static void on_drained(void *context, struct pump_sink *sink)
{
    struct session *s = context;
    if (sink == s->output && s->is_open && !s->wants_terminal)
        streams_close(s->out_fd, STDOUT_FILENO);
    s->sinks_open--;
    finish_if_done(s);
}

/* The reader of our output is gone, or had no room: the server need not send more of it. */
static void on_write_failed(void *context, struct pump_sink *sink, int error_number)
{
    struct session *s = context;
    struct channel_request request = { .kind = CHANNEL_REQUEST_EOW };
    log_write(error_number == EPIPE ? OPTION_LOG_DEBUG1 : OPTION_LOG_ERROR,
              "glassh: output cannot be written: %s", strerror(error_number));
    if (sink != s->output)
        return;
    s->is_lost = error_number != EPIPE;
    if (s->is_closed)
        return;
    s->is_unread = true;
    connection_request(s->connection, s->channel, &request);
    pump_kick(s->pump);
}

static struct pump_sink *open_sink(struct session *s, int fd, uint32_t extended)
{
    const struct pump_sink_setup setup = { .fd = fd,
                                           .channel = s->channel,
                                           .extended = extended,
                                           .failed = on_write_failed,
                                           .drained = on_drained,
                                           .context = s };
    s->sinks_open++;
    return pump_sink_new(s->pump, &setup);
}

static void open_input(struct session *s)
{
    s->in_fd = s->arguments->no_input ? open("/dev/null", O_RDONLY | O_CLOEXEC)
                                      : streams_open(STDIN_FILENO);
    const struct pump_source_setup setup = { .fd = s->in_fd,
                                             .channel = s->channel,
                                             .ended = on_input_end,
                                             .filter = s->escape.character >= 0 ? on_typed : NULL,
                                             .context = s,
                                             .is_terminal = isatty(s->in_fd) };
    s->input = pump_source_new(s->pump, &setup);
}

static void enter_raw(struct session *s)
{
    if (s->wants_terminal && isatty(STDIN_FILENO) && !s->arguments->no_input &&
        terminal_enter_raw(STDIN_FILENO) != OK)
        log_write(OPTION_LOG_ERROR, "glassh: the terminal cannot be put into raw mode");
}

void session_attach(struct session *s, struct pump *pump)
{
    s->pump = pump;
}

/* Output is attached before the first data can come. */
static void on_opened(struct session *s)
{
    s->is_open = true;
    s->out_fd = streams_open(STDOUT_FILENO);
    s->err_fd = streams_open(STDERR_FILENO);
    s->output = open_sink(s, s->out_fd, 0);
    s->errors = open_sink(s, s->err_fd, 1);
    /* The owner may write to the terminal, so it must not be raw yet. */
    s->owner.running(s->owner.context);
    enter_raw(s);
    open_input(s);
}

/* What the server sends. */

static void fail_to_start(struct session *s)
{
    const char *what = s->arguments->is_subsystem ? "subsystem" : command_of(s) ? "exec" : "shell";
    log_write(OPTION_LOG_ERROR, "%s request failed on channel 0", what);
    s->exit_status = FAILED;
    connection_close(s->connection, s->channel);
}

/* Replies come in the order of the requests. */
static void on_reply(struct session *s, bool ok)
{
    if (s->expects_terminal_reply) {
        s->expects_terminal_reply = false;
        if (ok)
            return;
        log_write(OPTION_LOG_ERROR, "PTY allocation request failed on channel 0");
        s->wants_terminal = false;
        terminal_leave();
    } else if (s->expects_start_reply) {
        s->expects_start_reply = false;
        if (!ok)
            fail_to_start(s);
    }
}

static void on_request(struct session *s, const struct connection_event *event)
{
    const struct channel_request *request = &event->request;
    char text[64];
    if (request->kind == CHANNEL_REQUEST_EXIT_STATUS) {
        s->exit_status = (int)(request->status > FAILED ? FAILED : request->status);
        log_write(OPTION_LOG_DEBUG1, "Exit status %u", (unsigned)request->status);
    } else if (request->kind == CHANNEL_REQUEST_EXIT_SIGNAL) {
        s->exit_status = FAILED;
        log_write(s->is_unread ? OPTION_LOG_VERBOSE : OPTION_LOG_INFO,
                  "glassh: the remote program was ended by signal %s%s",
                  escape_text(request->text, text, sizeof(text)),
                  request->core_dumped ? " (core dumped)" : "");
    }
    if (request->want_reply)
        connection_answer_request(s->connection, event->channel,
                                  request->kind == CHANNEL_REQUEST_KEEPALIVE);
}

static void finish_sinks(struct session *s)
{
    if (s->is_finishing || !s->output)
        return;
    s->is_finishing = true;
    pump_sink_finish(s->output);
    pump_sink_finish(s->errors);
}

static void on_closed(struct session *s)
{
    s->is_closed = true;
    pump_source_free(s->input);
    s->input = NULL;
    finish_sinks(s);
    finish_if_done(s);
}

static void on_refused(struct session *s, const struct connection_event *event)
{
    char text[256];
    log_write(OPTION_LOG_ERROR, "channel 0: open failed: %s (reason %u)",
              escape_text(event->text, text, sizeof(text)), (unsigned)event->reason);
    s->exit_status = FAILED;
    on_closed(s);
}

void session_event(struct session *s, const struct connection_event *event)
{
    switch ((int)event->kind) {
    case CONNECTION_CHANNEL_OPENED:
        on_opened(s);
        break;
    case CONNECTION_CHANNEL_REFUSED:
        on_refused(s, event);
        break;
    case CONNECTION_CHANNEL_DATA:
        /* Extended data of an undefined kind. */
        connection_data_delivered(s->connection, event->channel, event->data.len);
        break;
    case CONNECTION_CHANNEL_EOF:
        finish_sinks(s);
        break;
    case CONNECTION_CHANNEL_CLOSED:
        on_closed(s);
        break;
    case CONNECTION_CHANNEL_REQUEST:
        on_request(s, event);
        break;
    case CONNECTION_CHANNEL_REPLY:
        on_reply(s, event->ok);
        break;
    default:
        break;
    }
}

void session_resize(struct session *s)
{
    struct terminal_size size;
    if (!s->is_open || s->is_closed || !s->wants_terminal || !terminal_size(STDIN_FILENO, &size))
        return;
    struct channel_request request = { .kind = CHANNEL_REQUEST_WINDOW_CHANGE,
                                       .columns = size.columns,
                                       .rows = size.rows,
                                       .width = size.width,
                                       .height = size.height };
    connection_request(s->connection, s->channel, &request);
}

void session_cut(struct session *s)
{
    on_closed(s);
}

void session_wipe(struct session *s)
{
    pump_source_free(s->input);
    s->input = NULL;
    terminal_leave();
    streams_restore();
}
