/* SPDX-License-Identifier: BSD-2-Clause */
/* What runs before the user's program: ~/.ssh/rc, by the user's shell, or else /etc/ssh/sshrc. */
#pragma once

#include <stdbool.h>

struct session_host;

struct rc {
    char *argv[4]; /* the first one is NULL when there is nothing to run; borrowed */
};

/* The user's own is left out for a subsystem and for a command that the configuration forces. The host outlives
 * it. */
void rc_init(struct rc *rc, const struct session_host *host, bool is_subsystem);
