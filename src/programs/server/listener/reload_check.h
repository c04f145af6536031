/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether the server may read its configuration anew. It becomes the program anew to do so, and that program ends when
 * it refuses what it reads: so it is asked first, in a process of its own, as with -t. Nobody waits for it meanwhile. */
#pragma once

#include "base/buf.h"
#include "os/process.h"

enum { RELOAD_CHECK_WHY_MAX = 1024 };

struct reload_check {
    struct process process; /* our child: who hears that it has ended, says so; PROCESS_NONE */
    int words_fd;           /* readable when the program says something; -1: it does not any more */
    int64_t until_ms;
    struct buf why; /* what it has said */
};

#define RELOAD_CHECK_NONE   \
    ((struct reload_check){ \
        .process = PROCESS_NONE, .words_fd = -1, .why = BUF_EMPTY(RELOAD_CHECK_WHY_MAX) })

/* Starts the program of that path with `argv` and -t, in this directory and environment; one that still runs is ended.
 * It has ten seconds. ERR_SYSTEM, and `why` says why. */
NODISCARD enum err reload_check_start(struct reload_check *check, const char *path,
                                      char *const *argv, int64_t now_ms);

/* Takes what it says, without waiting. */
void reload_check_hear(struct reload_check *check);

/* Milliseconds until it is too late; -1: none runs. */
int reload_check_left_ms(const struct reload_check *check, int64_t now_ms);

/* It has ended, with that status of wait(2). False: the program would not start, and `why` has its words, the lines parted
 * by semicolons, or what is wrong instead. */
bool reload_check_passes(struct reload_check *check, int status);

/* It is too late: ends it, and says so in `why`. */
void reload_check_give_up(struct reload_check *check);

/* Ends it, if one runs; or only lets go of it. Both free all it has. */
void reload_check_stop(struct reload_check *check);
void reload_check_forget(struct reload_check *check);
