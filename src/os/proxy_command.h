/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that carries the connection on its standard input and output (ProxyCommand), run without a shell where
 * none is needed. It keeps our terminal: it may have to ask for a password itself. */
#pragma once

#include "base/err.h"
#include "os/process.h"

struct proxy_command {
    pid_t id; /* 0: none */
};

/* Whether the command is a program's name and words with blanks between, and means the same to any shell. */
bool proxy_command_is_plain(const char *command);

/* Starts a plain command's program with its words, any other as `$SHELL -c "exec command"`; *fd is our end, non-blocking,
 * for both directions. ERR_SYSTEM, errno tells why. */
NODISCARD enum err proxy_command_start(const char *command, struct proxy_command *proxy, int *fd);

/* Tells the program to end, and does not wait for it. */
void proxy_command_stop(struct proxy_command *proxy);

/* How the program ended; false if it still runs after `patience_ms`, for which this waits at most: its descriptors are
 * closed a moment before it has ended. */
bool proxy_command_ended(struct proxy_command *proxy, int patience_ms, struct process_exit *how);
