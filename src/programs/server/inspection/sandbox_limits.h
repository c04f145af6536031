/* SPDX-License-Identifier: BSD-2-Clause */
/* The limits of a process (setrlimit(2)), beside those of its role and the server's, for --sandbox-check. */
#pragma once

#include "programs/server/inspection/sandbox_role.h"

#include <sys/types.h>

enum { SANDBOX_LIMITS_ROW = 1024 };

/* Are they as the role has them, and else the server's? `row` says what the role's are there, `wrong` which are
 * otherwise. */
bool sandbox_limits_judge(pid_t id, const struct sandbox_role_limits *wanted,
                          char row[SANDBOX_LIMITS_ROW], char wrong[SANDBOX_LIMITS_ROW]);
