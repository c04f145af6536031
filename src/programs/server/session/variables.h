/* SPDX-License-Identifier: BSD-2-Clause */
/* Which variables a user's program gets, and which ones win: sshd's order. */
#pragma once

#include "programs/server/session/environment.h"

struct session_host;

/* What is NULL is not there. */
struct variables_of_program {
    const char *terminal; /* its path */
    const char *terminal_type;
    const char *original_command; /* that a forced one runs instead of */
    const char *auth_file;
};

/* Adds them to those that came from the peer. */
void variables_fill(struct environment *environment, const struct session_host *host,
                    const struct variables_of_program *of_program);
