/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads what the kernel shows of a process in /proc, for --sandbox-check. */
#pragma once

#include "base/buf.h"

#include <stdbool.h>
#include <sys/types.h>

enum { SANDBOX_PROC_FILE = 256 * 1024, SANDBOX_PROC_VALUE = 256 };

/* Reads a file of the process; false: it is gone, or not for us. */
bool sandbox_proc_read(pid_t id, const char *name, struct buf *out);

/* The value of a row of its status, with blanks for tabs; "?" if there is no such row. */
void sandbox_proc_status(pid_t id, const char *name, char value[SANDBOX_PROC_VALUE]);

/* The target of one of its links; false with errno, and `target` empty. */
bool sandbox_proc_link(pid_t id, const char *name, char target[SANDBOX_PROC_VALUE]);

/* The owner of its files in /proc. Root, for a process of another user, means that its memory is closed to that user's
 * other processes. */
uid_t sandbox_proc_owner(pid_t id);

/* The first child of `parent` for which `is_it` is true; 0: none. */
pid_t sandbox_proc_find_child(pid_t parent, bool (*is_it)(void *context, pid_t child),
                              void *context);
