/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/failure.h"

#include "base/escape.h"

#include <errno.h>
#include <string.h>

enum { OFFER_MAX = 2048 }; /* octets shown of a server's list */

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
    return buf_format(out, "Connection timed out during %s\nConnection to %s port %u timed out\n",
                      failure_during(f->stage), f->address, f->port);
}

static enum err tell_no_common(const struct failure *f, struct buf *out)
{
    TRY(buf_format(out, "Unable to negotiate with %s port %u: no matching %s found. Their offer: ",
                   f->address, f->port, f->missing));
    TRY(escape_append(out, f->offer, ESCAPE_LINE, OFFER_MAX));
    return buf_append_text(out, "\n");
}

/* Such a connection has no address to show. */
static bool is_of_proxy(const struct failure *f)
{
    return f->proxy != FAILURE_NO_PROXY && f->stage != FAILURE_SESSION &&
           (f->err == OK || f->err == ERR_SYSTEM);
}

static enum err tell_proxy(const struct failure *f, struct buf *out)
{
    const char *when =
        f->stage == FAILURE_HELLO ? "before the server spoke" : "before the login was done";
    if (f->proxy == FAILURE_PROXY_RUNS)
        return buf_format(out, "glassh: ProxyCommand closed the connection %s\n", when);
    return buf_format(out, "glassh: ProxyCommand ended with %s %d %s\n",
                      f->proxy_exit.is_signal ? "signal" : "status", f->proxy_exit.number, when);
}

/* What comes through a ProxyCommand may come from anywhere, and has no address. */
static enum err tell_other(const struct failure *f, struct buf *out)
{
    const char *what = f->detail[0] ? f->detail : err_text(f->err);
    if (f->proxy != FAILURE_NO_PROXY)
        return buf_format(out, "glassh: %s by ProxyCommand: %s\n", f->host, what);
    return buf_format(out, "glassh: %s port %u: %s\n", f->address, f->port, what);
}

enum err failure_tell(const struct failure *f, struct buf *out)
{
    if (is_of_proxy(f))
        return tell_proxy(f, out);
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
        return tell_other(f, out);
    }
}

const char *failure_during(enum failure_stage stage)
{
    static const char *const words[] = {
        [FAILURE_REACH] = "connection setup", [FAILURE_HELLO] = "banner exchange",
        [FAILURE_KEYS] = "key exchange",      [FAILURE_LOGIN] = "login",
        [FAILURE_SESSION] = "the session",
    };
    return words[stage];
}

const char *failure_reason(const struct failure *f)
{
    if (is_of_proxy(f))
        return f->proxy == FAILURE_PROXY_RUNS ? "ProxyCommand closed it" : "ProxyCommand ended";
    if (f->err == ERR_SYSTEM)
        return strerror(f->error_number);
    if (f->err == ERR_TIMEOUT)
        return "the server no longer answers";
    return f->stage == FAILURE_HELLO ? "the server hung up without saying who it is"
                                     : "the server hung up";
}
