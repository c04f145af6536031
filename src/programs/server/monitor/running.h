/* SPDX-License-Identifier: BSD-2-Clause */
/* The programs that one connection runs, by their process groups. The reports come from the user's process, and nothing
 * is done with them that the user could not do. */
#pragma once

#include "programs/server/common/account.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct running {
    const struct account *account;
    pid_t *groups;
    size_t count;
};

#define RUNNING_NONE ((struct running){ 0 })

/* The account outlives it. */
void running_init(struct running *running, const struct account *account);
void running_wipe(struct running *running);

/* False: not the process group of a program, or too many. */
bool running_begun(struct running *running, uint32_t group);

/* Unknown groups are ignored: a program may end before it has reported itself. */
void running_over(struct running *running, uint32_t group);

/* Nobody else can do it any more: hangs up all of them as the user, and forgets them. */
void running_hang_up(struct running *running);
