/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/channel/channel_request.h"

#include "base/check.h"
#include "base/writer.h"

static const char *const names[] = {
    [CHANNEL_REQUEST_PTY] = "pty-req",
    [CHANNEL_REQUEST_ENV] = "env",
    [CHANNEL_REQUEST_SHELL] = "shell",
    [CHANNEL_REQUEST_EXEC] = "exec",
    [CHANNEL_REQUEST_SUBSYSTEM] = "subsystem",
    [CHANNEL_REQUEST_WINDOW_CHANGE] = "window-change",
    [CHANNEL_REQUEST_SIGNAL] = "signal",
    [CHANNEL_REQUEST_BREAK] = "break",
    [CHANNEL_REQUEST_EXIT_STATUS] = "exit-status",
    [CHANNEL_REQUEST_EXIT_SIGNAL] = "exit-signal",
    [CHANNEL_REQUEST_XON_XOFF] = "xon-xoff",
    [CHANNEL_REQUEST_EOW] = "eow@openssh.com",
    [CHANNEL_REQUEST_KEEPALIVE] = "keepalive@openssh.com",
};

const char *channel_request_name(enum channel_request_kind kind)
{
    CHECK(kind < CHANNEL_REQUEST_OTHER);
    return names[kind];
}

static enum channel_request_kind kind_of(struct bytes name)
{
    enum channel_request_kind kind = CHANNEL_REQUEST_PTY;
    while (kind < CHANNEL_REQUEST_OTHER && !bytes_is(name, names[kind]))
        kind++;
    return kind;
}

static void read_size(struct reader *r, struct channel_request *out)
{
    out->columns = reader_u32(r, "columns");
    out->rows = reader_u32(r, "rows");
    out->width = reader_u32(r, "width in pixels");
    out->height = reader_u32(r, "height in pixels");
}

static void read_exit_signal(struct reader *r, struct channel_request *out)
{
    out->text = reader_string(r, "signal name");
    out->core_dumped = reader_bool(r, "core dumped");
    out->message = reader_string(r, "error message");
    (void)reader_string(r, "language tag");
}

static void read_fields(struct reader *r, struct channel_request *out)
{
    switch (out->kind) {
    case CHANNEL_REQUEST_PTY:
        out->term = reader_string(r, "TERM");
        read_size(r, out);
        out->modes = reader_string(r, "terminal modes");
        break;
    case CHANNEL_REQUEST_ENV:
        out->variable = reader_string(r, "variable name");
        out->text = reader_string(r, "variable value");
        break;
    case CHANNEL_REQUEST_EXEC:
        out->text = reader_string(r, "command");
        break;
    case CHANNEL_REQUEST_SUBSYSTEM:
        out->text = reader_string(r, "subsystem name");
        break;
    case CHANNEL_REQUEST_WINDOW_CHANGE:
        read_size(r, out);
        break;
    case CHANNEL_REQUEST_SIGNAL:
        out->text = reader_string(r, "signal name");
        break;
    case CHANNEL_REQUEST_BREAK:
        out->status = reader_u32(r, "break length in ms");
        break;
    case CHANNEL_REQUEST_EXIT_STATUS:
        out->status = reader_u32(r, "exit status");
        break;
    case CHANNEL_REQUEST_EXIT_SIGNAL:
        read_exit_signal(r, out);
        break;
    case CHANNEL_REQUEST_XON_XOFF:
        (void)reader_bool(r, "client can do");
        break;
    case CHANNEL_REQUEST_SHELL:
    case CHANNEL_REQUEST_EOW:
        break;
    case CHANNEL_REQUEST_KEEPALIVE: /* whatever a peer puts there */
    case CHANNEL_REQUEST_OTHER:
        (void)reader_rest(r, "request specific data");
        break;
    }
}

static bool fits(struct bytes text, size_t max)
{
    return text.len <= max && bytes_find(text, 0) == text.len;
}

static size_t text_max(enum channel_request_kind kind)
{
    if (kind == CHANNEL_REQUEST_EXEC)
        return CHANNEL_REQUEST_COMMAND_MAX;
    return kind == CHANNEL_REQUEST_SIGNAL ? CHANNEL_REQUEST_SIGNAL_MAX : CHANNEL_REQUEST_VALUE_MAX;
}

static bool is_usable(const struct channel_request *request)
{
    return fits(request->term, CHANNEL_REQUEST_TERM_MAX) &&
           fits(request->variable, CHANNEL_REQUEST_VARIABLE_MAX) &&
           fits(request->text, text_max(request->kind)) &&
           request->modes.len <= CHANNEL_REQUEST_MODES_MAX;
}

enum err channel_request_decode(struct bytes name, bool want_reply, struct bytes specific,
                                const struct field_sink *sink, struct channel_request *out)
{
    *out =
        (struct channel_request){ .kind = kind_of(name), .name = name, .want_reply = want_reply };
    struct reader r = reader_over(specific, sink);
    read_fields(&r, out);
    TRY(reader_end(&r));
    return is_usable(out) ? OK : ERR_BAD_VALUE;
}

static void write_size(struct writer *w, const struct channel_request *request)
{
    writer_u32(w, request->columns);
    writer_u32(w, request->rows);
    writer_u32(w, request->width);
    writer_u32(w, request->height);
}

static void write_exit_signal(struct writer *w, const struct channel_request *request)
{
    writer_string(w, request->text);
    writer_bool(w, request->core_dumped);
    writer_string(w, request->message);
    writer_string(w, BYTES_NONE);
}

enum err channel_request_encode(struct buf *out, const struct channel_request *request)
{
    struct writer w = writer_to(out);

    switch (request->kind) {
    case CHANNEL_REQUEST_PTY:
        writer_string(&w, request->term);
        write_size(&w, request);
        writer_string(&w, request->modes);
        break;
    case CHANNEL_REQUEST_ENV:
        writer_string(&w, request->variable);
        writer_string(&w, request->text);
        break;
    case CHANNEL_REQUEST_EXEC:
    case CHANNEL_REQUEST_SUBSYSTEM:
    case CHANNEL_REQUEST_SIGNAL:
        writer_string(&w, request->text);
        break;
    case CHANNEL_REQUEST_WINDOW_CHANGE:
        write_size(&w, request);
        break;
    case CHANNEL_REQUEST_BREAK:
    case CHANNEL_REQUEST_EXIT_STATUS:
        writer_u32(&w, request->status);
        break;
    case CHANNEL_REQUEST_EXIT_SIGNAL:
        write_exit_signal(&w, request);
        break;
    case CHANNEL_REQUEST_XON_XOFF: /* we never ask for flow control at the terminal's end */
        writer_bool(&w, false);
        break;
    case CHANNEL_REQUEST_SHELL:
    case CHANNEL_REQUEST_EOW:
    case CHANNEL_REQUEST_KEEPALIVE:
    case CHANNEL_REQUEST_OTHER:
        break;
    }
    return writer_end(&w);
}
