/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/worker/farewell.h"

#include "base/escape.h"

#include <errno.h>
#include <string.h>

/* "authenticating user root 127.0.0.1 port 5022", as much of it as is known. */
static enum err append_peer(const struct farewell *f, struct buf *out)
{
    bool has_subject = *f->subject != '\0';
    bool is_trying = has_subject && !f->is_authenticated && !strncmp(f->subject, "user ", 5);
    return buf_format(out, "%s%s%s%s port %u", is_trying ? "authenticating " : "", f->subject,
                      has_subject ? " " : "", f->peer.address, f->peer.port);
}

static enum err format_disconnect(const struct farewell *f, struct buf *out)
{
    char text[256];
    TRY(buf_format(out, "Received disconnect from %s port %u:%u: %s%s\n", f->peer.address,
                   f->peer.port, f->reason, escape_text(f->text, text, sizeof(text)),
                   f->is_authenticated ? "" : " [preauth]"));
    TRY(buf_append_text(out, "Disconnected from "));
    return append_peer(f, out);
}

static enum err format_system(const struct farewell *f, struct buf *out)
{
    if (f->error_number == ECONNRESET || f->error_number == EPIPE) {
        TRY(buf_append_text(out, "Connection reset by "));
        return append_peer(f, out);
    }
    TRY(buf_append_text(out, "Connection with "));
    TRY(append_peer(f, out));
    return buf_format(out, " failed: %s", strerror(f->error_number));
}

static enum err format_failure(const struct farewell *f, struct buf *out)
{
    if (f->err == ERR_NO_AUTH)
        return buf_format(
            out, "error: maximum authentication attempts exceeded for %s from %s port %u ssh2",
            f->subject, f->peer.address, f->peer.port);
    if (f->err == ERR_TIMEOUT && !f->is_authenticated)
        return buf_format(out, "Timeout before authentication for %s port %u", f->peer.address,
                          f->peer.port);

    const char *begin = f->err == ERR_TIMEOUT       ? "Timeout, client not responding from "
                        : f->err == ERR_NO_COMMON   ? "Unable to negotiate with "
                        : f->err == ERR_BAD_VERSION ? "banner exchange: Connection from "
                                                    : "Connection from ";
    TRY(buf_append_text(out, begin));
    TRY(append_peer(f, out));
    if (f->err == ERR_TIMEOUT)
        return OK;
    char detail[256];
    const char *shown = *f->detail ? f->detail : err_text(f->err);
    return buf_format(out, ": %s", escape_text(bytes_text(shown), detail, sizeof(detail)));
}

enum err farewell_format(const struct farewell *f, struct buf *out)
{
    if (f->has_disconnect)
        TRY(format_disconnect(f, out));
    else if (f->err == OK || f->err == ERR_DISCONNECTED) {
        TRY(buf_append_text(out, "Connection closed by "));
        TRY(append_peer(f, out));
    } else if (f->err == ERR_SYSTEM)
        TRY(format_system(f, out));
    else
        TRY(format_failure(f, out));
    return f->is_authenticated ? OK : buf_append_text(out, " [preauth]");
}
