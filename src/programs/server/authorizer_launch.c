/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/authorizer_launch.h"

#include "os/companion.h"
#include "programs/server/common/log.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TIMEZONE_MAX = 256 };

/* In the new process, which shall have nothing of ours. */
static bool become_user(void *context)
{
    const struct account *account = context;
    if (account_become(account) == OK)
        return dup2(STDOUT_FILENO, STDERR_FILENO) >= 0;
    log_error("cannot become user %s: %s", account->name, strerror(errno));
    return false;
}

enum err authorizer_launch(const struct account *account, int fd, pid_t *id)
{
    char zone[TIMEZONE_MAX] = ""; /* times in key files are local ones */
    char *environment[] = { zone, NULL };
    if (getenv("TZ"))
        (void)snprintf(zone, sizeof(zone), "TZ=%s", getenv("TZ"));
    const struct companion_setup setup = {
        .name = "glasshd-authorize",
        .environment = *zone ? environment : NULL,
        .fds = { fd },
        .fd_count = 1,
        .prepare = become_user,
        .context = (void *)(uintptr_t)account,
    };
    return companion_start(&setup, id);
}
