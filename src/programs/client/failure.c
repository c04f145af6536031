/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/failure.h"

#include <errno.h>
#include <string.h>

static enum err tell_closed(const struct failure *f, struct buf *out)
{
    if (f->stage == FAILURE_SESSION)
        return buf_format(out, "Connection to %s closed by remote host.\n", f->host);
    if (f->stage == FAILURE_HELLO)
        TRY(buf_append_text(out, "kex_exchange_identification: Connection closed by remote host "
                                 "before it said who it is\n"));
    return buf_format(out, "Connection closed by %s port %u\n", f->address, f->port);
}

static enum err tell_system(const struct failure *f, struct buf *out)
{
    const char *reason = strerror(f->error_number);
    if (f->stage == FAILURE_SESSION)
        return buf_format(out, "client_loop: %s\nConnection to %s closed by remote host.\n", reason,
                          f->host);
    if (f->stage == FAILURE_HELLO)
        TRY(buf_format(out, "kex_exchange_identification: read: %s\n", reason));
    if (f->error_number == ECONNRESET)
        return buf_format(out, "Connection reset by %s port %u\n", f->address, f->port);
    return buf_format(out, "Connection to %s port %u failed: %s\n", f->address, f->port, reason);
}

static enum err tell_timeout(const struct failure *f, struct buf *out)
{
    if (f->stage == FAILURE_SESSION)
        return buf_format(out, "Timeout, server %s not responding.\n", f->host);
    static const char *const during[] = {
        [FAILURE_HELLO] = "banner exchange",
        [FAILURE_KEYS] = "key exchange",
        [FAILURE_LOGIN] = "login",
    };
    return buf_format(out, "Connection timed out during %s\nConnection to %s port %u timed out\n",
                      during[f->stage], f->address, f->port);
}

static enum err tell_no_common(const struct failure *f, struct buf *out)
{
    TRY(buf_format(out, "Unable to negotiate with %s port %u: %s.", f->address, f->port,
                   f->detail));
    return buf_format(out, " Their key exchange methods: %s\n", f->their_kexes);
}

enum err failure_tell(const struct failure *f, struct buf *out)
{
    switch ((int)f->err) {
    case OK:
        return tell_closed(f, out);
    case ERR_SYSTEM:
        return tell_system(f, out);
    case ERR_TIMEOUT:
        return tell_timeout(f, out);
    case ERR_NO_COMMON:
        return tell_no_common(f, out);
    case ERR_BAD_MAC:
        return buf_format(out, "Corrupted MAC on input: %s\nConnection to %s port %u ended\n",
                          err_text(f->err), f->address, f->port);
    default:
        return buf_format(out, "glassh: %s port %u: %s\n", f->address, f->port,
                          f->detail[0] ? f->detail : err_text(f->err));
    }
}

const char *failure_reason(const struct failure *f)
{
    if (f->err == ERR_SYSTEM)
        return strerror(f->error_number);
    if (f->err == ERR_TIMEOUT)
        return "the server no longer answers";
    return f->stage == FAILURE_HELLO ? "the server hung up without saying who it is"
                                     : "the server hung up";
}
