/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks whether the server may reread its configuration. It does so by executing its program again, which exits if it
 * rejects what it reads: so the program is run first in a process of its own, as with -t. Nothing waits for it
 * meanwhile. */
#pragma once

#include "base/buf.h"
#include "os/process.h"

enum { RELOAD_CHECK_WHY_MAX = 1024 };

struct reload_check {
    struct process process; /* our child: the code that reaps it calls reload_check_passes; or
                             * PROCESS_NONE */
    int words_fd;           /* readable when the program writes; -1: closed */
    int64_t until_ms;
    struct buf why; /* what it has written */
};

#define RELOAD_CHECK_NONE   \
    ((struct reload_check){ \
        .process = PROCESS_NONE, .words_fd = -1, .why = BUF_EMPTY(RELOAD_CHECK_WHY_MAX) })

/* Starts the program of that path with `argv` and -t, in this directory and environment, after ending a check that
 * still runs. It has ten seconds. ERR_SYSTEM, with the reason in `why`. */
NODISCARD enum err reload_check_start(struct reload_check *check, const char *path,
                                      char *const *argv, int64_t now_ms);

/* Reads what it writes, without waiting. */
void reload_check_hear(struct reload_check *check);

/* Milliseconds until the timeout; -1: no check runs. */
int reload_check_left_ms(const struct reload_check *check, int64_t now_ms);

/* It has ended with that status of wait(2). False: the program would not start, and `why` has what it wrote, the lines
 * joined by semicolons, or another reason. */
bool reload_check_passes(struct reload_check *check, int status);

/* The time is over: ends it, and notes that in `why`. */
void reload_check_give_up(struct reload_check *check);

/* Kills a running check; or only lets go of it. Both free everything. */
void reload_check_stop(struct reload_check *check);
void reload_check_forget(struct reload_check *check);
