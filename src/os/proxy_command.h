/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that carries the connection on its standard input and output (ProxyCommand), run by the
 * user's shell. It keeps our terminal: it may have to ask for a password itself. */
#pragma once

#include "base/err.h"

#include <sys/types.h>

struct proxy_command {
    pid_t id; /* 0: none */
};

/* Starts `$SHELL -c "exec command"`; *fd is our end, non-blocking, for both directions. ERR_SYSTEM, errno
 * tells why. */
NODISCARD enum err proxy_command_start(const char *command, struct proxy_command *proxy, int *fd);

/* Tells the program to end, and does not wait for it. */
void proxy_command_stop(struct proxy_command *proxy);
