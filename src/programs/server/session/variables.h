/* SPDX-License-Identifier: BSD-2-Clause */
/* The variables that a user's program gets, and their precedence, which is sshd's. */
#pragma once

#include "programs/server/session/environment.h"

struct session_host;

/* NULL: there is none. */
struct variables_of_program {
    const char *terminal; /* its path */
    const char *terminal_type;
    const char *original_command; /* the one that a forced command replaces */
    const char *auth_file;
};

/* Adds them to those that came from the peer. */
void variables_fill(struct environment *environment, const struct session_host *host,
                    const struct variables_of_program *of_program);
