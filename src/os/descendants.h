/* SPDX-License-Identifier: BSD-2-Clause */
/* Ending whatever comes of this process, in whichever process group or session it is. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

enum { DESCENDANTS_MAX = 64 };

struct descendants {
    pid_t ids[DESCENDANTS_MAX];
    size_t count;
};

/* From now on orphans that descend from this process become its children, until descendants_release. *others (or NULL)
 * gets the children there are already. */
void descendants_adopt(struct descendants *others);

/* Those that come become the system's again; those that came stay. */
void descendants_release(void);

/* Ends the children of this thread that are not in `others` (or NULL), and their children, as they become ours: by
 * SIGTERM (the first DESCENDANTS_MAX of them), and after half a second by SIGKILL. Reaps them, and waits for at most a
 * second. Where /proc does not tell them, none is ended. May be called by a signal's handler. */
void descendants_end(const struct descendants *others);
