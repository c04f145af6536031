/* SPDX-License-Identifier: BSD-2-Clause */
/* The program that a session runs, and its arguments: the login shell, or the shell with -c. */
#pragma once

#include "base/bytes.h"

/* While this file exists, only root may log in. */
#define COMMAND_NOLOGIN "/etc/nologin"

enum { COMMAND_WORDS_MAX = 16 };

struct command {
    const char *path; /* the shell */
    char *argv[COMMAND_WORDS_MAX + 1];
    char *line; /* the argument of -c, or NULL: an interactive login shell */
};

/* `line` NULL asks for a login shell, whose argv[0] begins with '-'. The shell's path is borrowed. */
void command_init(struct command *command, const char *shell, const char *line);
/* Whether the line, of the configuration or of a key, is "internal-sftp" with or without arguments. */
bool command_is_internal_sftp(const char *line);

/* Runs OpenSSH's sftp-server with those arguments, without a shell. Words over COMMAND_WORDS_MAX are left out. */
void command_init_internal_sftp(struct command *command, const char *line);

/* For POLICY_CHANGE_PASSWORD: runs passwd on the terminal. Without one it prints that a terminal is needed, and exits
 * with 1 as for sshd. */
void command_init_password_change(struct command *command, bool has_terminal);

/* Runs instead of the shell while users may not log in: shows the reason, and exits with 254 as sshd does. */
void command_init_refusal(struct command *command);
void command_wipe(struct command *command);
