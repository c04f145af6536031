/* SPDX-License-Identifier: BSD-2-Clause */
/* The process's standard descriptors, made fit for a loop that must not block. Being non-blocking is a property of the
 * open file, which other processes share; so a terminal or a pipe is opened again for us alone, and where that is
 * impossible (sockets) the flag is reset at exit. */
#pragma once

#include <stdbool.h>

/* Makes sure that 0, 1 and 2 are open, so that no other file gets their numbers. */
void streams_settle(void);

/* A descriptor to read from or write to, for STDIN_FILENO, STDOUT_FILENO or STDERR_FILENO. */
int streams_open(int fd);

/* Lets the reader of our output see its end: closes what streams_open returned, if it is another descriptor, and makes
 * the standard descriptor /dev/null. */
void streams_close(int own, int fd);

/* Nothing more is read or written: a process that waits for the end of our output need not wait until we exit. */
void streams_let_go(bool but_errors);

/* Undoes what was changed; runs at exit, too. */
void streams_restore(void);
