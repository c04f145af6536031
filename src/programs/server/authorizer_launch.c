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

enum { VALUE_MAX = 4096 + 16 };

/* In the new process, which must keep nothing of ours; what it starts stays in its session. */
static bool become_user(void *context)
{
    const struct account *account = context;
    if (setsid() > 0 && account_become(account) == OK)
        return dup2(STDOUT_FILENO, STDERR_FILENO) >= 0;
    log_error("cannot become user %s: %s", account->name, strerror(errno));
    return false;
}

enum err authorizer_launch(const struct account *account, int fd, pid_t *id)
{
    char path[] = "PATH=/usr/bin:/bin:/usr/sbin:/sbin";
    char home[VALUE_MAX], user[VALUE_MAX], name[VALUE_MAX], zone[VALUE_MAX];
    char *environment[] = { path, home, user, name, zone, NULL };
    (void)snprintf(home, sizeof(home), "HOME=%s", account->home);
    (void)snprintf(user, sizeof(user), "USER=%s", account->name);
    (void)snprintf(name, sizeof(name), "LOGNAME=%s", account->name);
    (void)snprintf(zone, sizeof(zone), "TZ=%s", getenv("TZ") ? getenv("TZ") : "");
    if (!getenv("TZ")) /* times in key files are local times */
        environment[4] = NULL;
    const struct companion_setup setup = {
        .name = "glasshd-authorize",
        .environment = environment,
        .fds = { fd },
        .fd_count = 1,
        .prepare = become_user,
        .context = (void *)(uintptr_t)account,
    };
    return companion_start(&setup, id);
}
