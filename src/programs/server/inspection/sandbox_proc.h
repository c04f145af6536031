/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel shows of a process in /proc, for --sandbox-check. */
#pragma once

#include "base/buf.h"

#include <stdbool.h>
#include <sys/types.h>

enum { SANDBOX_PROC_FILE = 256 * 1024, SANDBOX_PROC_VALUE = 256 };

/* A file of the process; false: it is gone, or not for us. */
bool sandbox_proc_read(pid_t id, const char *name, struct buf *out);

/* The value of a row of its status, blanks for tabs; "?" without one. */
void sandbox_proc_status(pid_t id, const char *name, char value[SANDBOX_PROC_VALUE]);

/* Where a link of its files leads; false with errno, and `target` empty. */
bool sandbox_proc_link(pid_t id, const char *name, char target[SANDBOX_PROC_VALUE]);

/* The user whose its files are: root, where it has another user, means that its memory is not for that one's other
 * processes. */
uid_t sandbox_proc_owner(pid_t id);

/* Each process whose parent is this one, until one is the one that is looked for; 0: none is. */
pid_t sandbox_proc_find_child(pid_t parent, bool (*is_it)(void *context, pid_t child),
                              void *context);
