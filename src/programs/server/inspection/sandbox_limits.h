/* SPDX-License-Identifier: BSD-2-Clause */
/* Compares the limits of a process (setrlimit(2)) with those of its role and the server's, for --sandbox-check. */
#pragma once

#include "programs/server/inspection/sandbox_role.h"

#include <sys/types.h>

enum { SANDBOX_LIMITS_ROW = 1024 };

/* Whether they are as the role has them, or as the server's. `row` shows the role's, `wrong` those that are wrong. */
bool sandbox_limits_judge(pid_t id, const struct sandbox_role_limits *wanted,
                          char row[SANDBOX_LIMITS_ROW], char wrong[SANDBOX_LIMITS_ROW]);
