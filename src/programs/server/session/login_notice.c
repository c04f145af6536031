/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/login_notice.h"

#include "config/server_options.h"
#include "os/file.h"
#include "programs/server/session/session.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MOTD_MAX = 16 * 1024, TIME_TEXT_MAX = 26 };

static bool wants_quiet(const struct account *account)
{
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/.hushlogin", account->home);
    return access(path, F_OK) == 0;
}

static enum err add_last(const struct login_record_last *last, struct buf *out)
{
    char when[TIME_TEXT_MAX];
    if (!ctime_r(&last->at, when))
        return OK;
    when[strcspn(when, "\n")] = '\0';
    return buf_format(out, "Last login: %s%s%s\r\n", when, *last->host ? " from " : "", last->host);
}

static enum err add_lines(struct bytes text, struct buf *out)
{
    while (text.len > 0) {
        TRY(buf_append(out, bytes_cut(&text, '\n')));
        TRY(buf_append_text(out, "\r\n"));
    }
    return OK;
}

static enum err add_motd(struct buf *out)
{
    scoped(buf) motd = BUF_EMPTY(MOTD_MAX);
    if (file_read("/etc/motd", &motd, NULL) != OK)
        return OK;
    return add_lines(buf_bytes(&motd), out);
}

void login_notice_write(const struct session_host *host, const struct login_record_last *last,
                        struct buf *out)
{
    if (wants_quiet(host->account))
        return;
    enum err err = add_lines(host->login_text, out);
    if (err == OK && host->options->print_last_log && last && last->at != 0)
        err = add_last(last, out);
    if (err == OK && host->options->print_motd)
        err = add_motd(out);
    if (err != OK)
        buf_clear(out);
}
