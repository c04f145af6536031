/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/worker/farewell.h"

#include "programs/server/common/log.h"

#include <errno.h>
#include <string.h>

static void tell_system(const struct farewell *f)
{
    if (f->error_number == ECONNRESET || f->error_number == EPIPE)
        LOG_BARE(RESET);
    else
        LOG(FAILED, .why = events_text(strerror(f->error_number)));
}

static void tell_bad_ident(const struct farewell *f)
{
    bool is_other_version = bytes_starts(f->line, "SSH-");
    if (!is_other_version)
        LOG(IDENT_INVALID, .line = events_bytes(f->line));
    LOG(IDENT_REFUSED, .why = events_text(is_other_version ? "could not read protocol version"
                                                           : "invalid format"));
}

static void tell_timeout(const struct farewell *f)
{
    if (f->is_authenticated)
        LOG_BARE(SILENT);
    else
        LOG_BARE(LOGIN_TIMEOUT);
}

static void tell_failure(const struct farewell *f)
{
    if (f->err == ERR_TIMEOUT) {
        tell_timeout(f);
    } else if (f->err == ERR_NO_AUTH) {
        LOG_BARE(TOO_MANY_ATTEMPTS);
        LOG(DISCONNECTING, .why = events_text("Too many authentication failures"));
    } else if (f->err == ERR_NO_COMMON) {
        LOG(NO_COMMON, .what = events_text(f->missing), .offer = events_bytes(f->offer));
    } else if (!f->has_introduced_itself) {
        tell_bad_ident(f);
    } else {
        LOG(FAILED, .why = events_text(*f->detail ? f->detail : err_text(f->err)));
    }
}

void farewell_tell(const struct farewell *f)
{
    if (f->has_disconnect) {
        LOG(DISCONNECT, .reason = events_number(f->reason), .text = events_bytes(f->text));
        LOG_BARE(DISCONNECTED);
    } else if (f->err == OK || f->err == ERR_DISCONNECTED) {
        LOG_BARE(CLOSED);
    } else if (f->err == ERR_SYSTEM) {
        tell_system(f);
    } else {
        tell_failure(f);
    }
}
