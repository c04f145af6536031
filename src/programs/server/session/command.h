/* SPDX-License-Identifier: BSD-2-Clause */
/* Which program a session runs, and with which arguments: the login shell, or the shell with -c. */
#pragma once

#include "base/bytes.h"

/* While it exists only root may log in. */
#define COMMAND_NOLOGIN "/etc/nologin"

enum { COMMAND_WORDS_MAX = 16 };

struct command {
    const char *path; /* the shell */
    char *argv[COMMAND_WORDS_MAX + 1];
    char *line; /* what -c gets, or NULL: an interactive login shell */
};

/* `line` NULL asks for a login shell, whose argv[0] begins with '-'. The shell's path is borrowed. */
void command_init(struct command *command, const char *shell, const char *line);
/* Whether the configuration's or the key's line is "internal-sftp" with or without arguments. */
bool command_is_internal_sftp(const char *line);

/* Runs OpenSSH's sftp-server with those arguments and without any shell. What is over COMMAND_WORDS_MAX is left
 * out. */
void command_init_internal_sftp(struct command *command, const char *line);

/* Runs for POLICY_CHANGE_PASSWORD, on a terminal: passwd. Without one it says that there must be one, and ends with 1
 * as for sshd. */
void command_init_password_change(struct command *command, bool has_terminal);

/* Runs instead of the shell while users may not log in: shows why, and ends with 254 as sshd does. */
void command_init_refusal(struct command *command);
void command_wipe(struct command *command);
