/* SPDX-License-Identifier: BSD-2-Clause */
/* What runs before the user's program: ~/.ssh/rc, by the user's shell, or else /etc/ssh/sshrc. */
#pragma once

#include <stdbool.h>

struct session_host;

struct rc {
    char *argv[4]; /* the first is NULL when there is nothing to run; borrowed */
};

/* The user's own file is not run for a subsystem or a command forced by the configuration. The host must outlive it. */
void rc_init(struct rc *rc, const struct session_host *host, bool is_subsystem);
