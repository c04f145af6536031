/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that carries the connection on its standard input and output (ProxyCommand), run without a shell where
 * none is needed. It keeps our terminal, since it may have to ask for a password itself. */
#pragma once

#include "base/err.h"
#include "os/process.h"

struct proxy_command {
    pid_t id; /* 0: none */
};

/* Whether the command is just a program's name and words separated by blanks, which every shell reads alike. */
bool proxy_command_is_plain(const char *command);

/* Starts a plain command's program with its words, any other command as `$SHELL -c "exec command"`; *fd is our end,
 * non-blocking, for both directions. ERR_SYSTEM with errno. */
NODISCARD enum err proxy_command_start(const char *command, struct proxy_command *proxy, int *fd);

/* Sends the program SIGHUP, and does not wait for it. */
void proxy_command_stop(struct proxy_command *proxy);

/* How the program ended; false if it is still running. Waits for up to `patience_ms`, because a program's descriptors
 * are closed a moment before it has ended. */
bool proxy_command_ended(struct proxy_command *proxy, int patience_ms, struct process_exit *how);
