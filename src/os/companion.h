/* SPDX-License-Identifier: BSD-2-Clause */
/* Starts our own helper programs: found beside the running program, or in libexec once installed. */
#pragma once

#include "os/sandbox_setup.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { COMPANION_FIRST_FD = 3, COMPANION_FDS_MAX = 8, COMPANION_PATH_MAX = 4096 };

struct companion_setup {
    const char *name; /* "glasshd-worker" */
    /* Or NULL. Passed before the arguments, for the program's sandbox_setup_read. */
    const struct sandbox_setup *sandbox;
    char *const *arguments;     /* after the name, up to NULL; or NULL: none */
    char *const *environment;   /* or NULL: empty */
    int fds[COMPANION_FDS_MAX]; /* become COMPANION_FIRST_FD and following, in this order */
    size_t fd_count;
    /* Or NULL. Runs in the new process, before exec; false: give up. */
    bool (*prepare)(void *context);
    void *context;
};

/* Starts it with the default signal handlers, no blocked signal, /dev/null as 0 and 1, our stderr, those
 * descriptors and no others. ERR_SYSTEM with errno: there is no such program, or no process could be made.
 * The caller reaps it; its exit status is COMPANION_FAILED if it could not be set up or executed. */
NODISCARD enum err companion_start(const struct companion_setup *setup, pid_t *id);

enum { COMPANION_FAILED = 127 };

/* The same with one end of a socket (os/seqpacket.h) as its only descriptor. *fd is the other end, owned by the
 * caller, or -1. */
NODISCARD enum err companion_start_linked(const struct companion_setup *setup, int *fd, pid_t *id);

/* Kills it at once, reaps it and sets *id to 0. Does nothing if *id is 0. Preserves errno. */
void companion_end(pid_t *id);
