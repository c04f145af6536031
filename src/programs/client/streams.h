/* SPDX-License-Identifier: BSD-2-Clause */
/* The process's standard descriptors, made fit for a loop that must not block. Being non-blocking is a
 * property of the open file, which other processes share; so a terminal or a pipe is opened anew for us
 * alone, and where that cannot be (sockets) the property is taken back at exit. */
#pragma once

#include <stdbool.h>

/* Makes sure that 0, 1 and 2 are open, so that no other file gets their numbers. */
void streams_settle(void);

/* A descriptor to read from or write to, for STDIN_FILENO, STDOUT_FILENO or STDERR_FILENO. */
int streams_open(int fd);

/* Lets whoever reads our output see its end: closes what streams_open gave, if it is another one, and the standard
 * descriptor, which is /dev/null from then on. */
void streams_close(int own, int fd);

/* Nothing more is read or written: whoever waits for the end of our output need not wait for that of the process. */
void streams_let_go(bool but_errors);

/* Takes back what was changed; done at exit, too. */
void streams_restore(void);
