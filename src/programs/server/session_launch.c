/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session_launch.h"

#include "base/check.h"
#include "config/server_options.h"
#include "os/companion.h"
#include "os/descriptor.h"
#include "os/seqpacket.h"
#include "programs/server/common/log.h"
#include "programs/server/monitor/pam_link.h"
#include "programs/server/session/welcome.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TIMEZONE_MAX = 256 };

/* In the new process. */
static bool become_user(void *context)
{
    const struct session_host *host = context;
    /* With another root directory the program becomes the user itself: inside there would be no program to execute. */
    bool is_later = host->options->chroot_directory && geteuid() == 0;
    enum err err = is_later ? account_take_groups(host->account) : account_become(host->account);
    if (err == OK && dup2(log_descriptor(), STDERR_FILENO) >= 0)
        return true;
    log_error("cannot become user %s: %s", host->account->name, strerror(errno));
    return false;
}

/* What the process inherits besides descriptors: the log's settings, and "TZ=…" or nothing. */
struct legacy {
    char log[LOG_ARGUMENT_MAX], zone[TIMEZONE_MAX];
};

static struct legacy legacy_of_this(void)
{
    struct legacy left = { "", "" };
    const char *zone = getenv("TZ");
    log_describe(left.log);
    if (zone)
        (void)snprintf(left.zone, sizeof(left.zone), "TZ=%s", zone);
    return left;
}

static enum err start(const struct session_host *host, int monitor_fd, int worker_fd,
                      struct session_launched *launched)
{
    struct legacy left = legacy_of_this();
    char *arguments[] = { left.log, NULL };
    char *environment[] = { left.zone, NULL };
    const struct companion_setup setup = {
        .name = "glasshd-session",
        .arguments = arguments,
        .environment = *left.zone ? environment : NULL,
        .fds = { monitor_fd, worker_fd },
        .fd_count = 2,
        .prepare = become_user,
        .context = (void *)(uintptr_t)host,
    };
    pid_t id;
    TRY(companion_start(&setup, &id));
    return process_watch(id, &launched->process);
}

static enum err have_started(const struct session_host *host, struct pam_link *pam, int monitor_fd,
                             int worker_fd, struct session_launched *launched)
{
    const struct legacy left = legacy_of_this();
    const struct record record = {
        RECORD_PAM_SPAWN,
        { host->options->chroot_directory != NULL },
        { bytes_text(left.log), bytes_text(left.zone) },
    };
    const struct seqpacket_descriptors passed = { { monitor_fd, worker_fd }, 2 };
    return pam_link_spawn(pam, &record, &passed, &launched->process.fd);
}

enum err session_launch_process(const struct session_host *host, struct pam_link *pam,
                                int worker_fd, struct session_launched *launched)
{
    int ends[2];
    *launched = (struct session_launched){ .process = PROCESS_NONE, .records_fd = -1 };
    scoped(buf) welcome = BUF_EMPTY(RECORD_LEN_MAX);
    TRY(welcome_encode(host, &welcome));
    TRY(seqpacket_pair(ends));
    enum err err = seqpacket_send(ends[0], buf_bytes(&welcome), NULL);
    if (err == OK)
        err = pam ? have_started(host, pam, ends[1], worker_fd, launched)
                  : start(host, ends[1], worker_fd, launched);
    descriptor_close(&ends[1]);
    if (err != OK)
        descriptor_close(&ends[0]);
    launched->records_fd = ends[0];
    return err;
}
