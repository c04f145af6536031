/* SPDX-License-Identifier: BSD-2-Clause */
/* --sandbox-check: starts the processes of a connection and looks at each from outside, through /proc and, for root, as
 * a debugger does. */
#pragma once

#include "programs/server/inspection/sandbox_cast.h"

/* Prints what each process is and may do; returns 0 when everything that is visible is as it should be, else 1. */
int sandbox_check_run(const struct sandbox_cast_setup *setup);
