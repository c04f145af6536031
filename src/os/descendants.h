/* SPDX-License-Identifier: BSD-2-Clause */
/* Ends everything that descends from this process, in whatever process group or session it is. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

enum { DESCENDANTS_MAX = 64 };

struct descendants {
    pid_t ids[DESCENDANTS_MAX];
    size_t count;
};

/* Until descendants_release, orphans that descend from this process become its children. *others (or NULL) gets the
 * children it already has. */
void descendants_adopt(struct descendants *others);

/* New orphans go to the system's reaper again; those already adopted stay. */
void descendants_release(void);

/* Ends the children of this thread that are not in `others` (or NULL), and their children as they become ours: with
 * SIGTERM (the first DESCENDANTS_MAX of them), and after half a second with SIGKILL. Reaps them, waiting for at most a
 * second. Where /proc does not list them, none is ended. May be called from a signal handler. */
void descendants_end(const struct descendants *others);
