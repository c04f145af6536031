/* SPDX-License-Identifier: BSD-2-Clause */
/* --sandbox-check: starts the processes of a connection and looks at each from outside, through /proc. */
#pragma once

#include "programs/server/serve.h"

#include <sys/types.h>

struct cradle;
struct porch_link;
struct tcp_link;
struct vault;

/* Prints what each process is and may do; 0 when that is what it should be, else 1. */
int sandbox_check_run(const struct serve_setup *setup, struct cradle *cradle,
                      const struct vault *vault, struct porch_link *porch, struct tcp_link *tcp,
                      pid_t offer);
