/* SPDX-License-Identifier: BSD-2-Clause */
/* Which program a session runs, and with which arguments: the login shell, or the shell with -c. */
#pragma once

#include "base/bytes.h"

/* While it exists only root may log in. */
#define COMMAND_NOLOGIN "/etc/nologin"

struct command {
    const char *path; /* the shell */
    char *argv[4];
    char *line; /* what -c gets, or NULL: an interactive login shell */
};

/* `line` NULL asks for a login shell, whose argv[0] begins with '-'. The shell's path is borrowed. */
void command_init(struct command *command, const char *shell, const char *line);
/* Runs instead of the shell while users may not log in: shows why, and ends with 254 as sshd does. */
void command_init_refusal(struct command *command);
void command_wipe(struct command *command);
