/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/rc.h"

#include "config/server_options.h"
#include "programs/server/session/session.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static char bourne_shell[] = "/bin/sh";
static char system_file[] = "/etc/ssh/sshrc";

static bool has_own(const struct session_host *host)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof(path), "%s/.ssh/rc", host->account->home);
    return access(path, F_OK) == 0;
}

void rc_init(struct rc *rc, const struct session_host *host, bool is_subsystem)
{
    /* The user's shell runs it, because it may be one that runs nothing. The name is relative, so that the home's path
     * is not part of the command line. */
    static char option[] = "-c", line[] = "/bin/sh .ssh/rc";
    bool is_wanted = !is_subsystem && !host->options->force_command &&
                     policy_allows(host->policy, POLICY_USER_RC);
    if (is_wanted && has_own(host))
        *rc = (struct rc){ { host->account->shell, option, line, NULL } };
    else if (access(system_file, F_OK) == 0)
        *rc = (struct rc){ { bourne_shell, system_file, NULL } };
    else
        *rc = (struct rc){ { NULL } };
}
