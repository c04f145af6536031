/* SPDX-License-Identifier: BSD-2-Clause */
/* Starting programs and learning how they ended. A program starts in a session of its own with the
 * default signal handlers, no blocked signal and no descriptor but 0, 1 and 2. */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <sys/types.h>

struct process_setup {
    const char *path;
    char *const *argv;
    char *const *environment;
    char *const *first;    /* or NULL: run and awaited before it in the same way, with no input */
    const char *directory; /* to start in; NULL, or one that cannot be entered: "/" */
    const char *terminal; /* becomes its controlling terminal and descriptors 0 to 2; or NULL and */
    int in_fd, out_fd, err_fd;    /* … these do; each above 2 */
    bool is_terminal;             /* each of them is the terminal, whose path leads nowhere */
    bool stays;                   /* in our session and process group */
    void (*begin)(void *context); /* or NULL: in the new process, when nothing of it runs yet */
    void *context;
};

struct process {
    pid_t id; /* 0: none */
    int fd;   /* becomes readable when the program has ended; -1: none */
};

struct process_exit {
    bool is_signal;
    int number; /* the exit status, or the signal */
    bool core_dumped;
};

#define PROCESS_NONE ((struct process){ 0, -1 })

/* ERR_SYSTEM: it could not be started, errno tells why; nothing is left behind. A program that is there and may be
 * executed, and still cannot, ends with 127. */
NODISCARD enum err process_start(const struct process_setup *setup, struct process *process);

/* Of a child that nobody has reaped. ERR_SYSTEM: it cannot be watched, so it was ended and reaped. */
NODISCARD enum err process_watch(pid_t child, struct process *process);

enum { PROCESS_NAME_MAX = 16 };

/* What the kernel calls the process, at most 15 octets of its program's name, also when it has ended but was not reaped;
 * "?" if nobody knows. */
void process_name(pid_t id, char name[static PROCESS_NAME_MAX]);

/* For a new process: the default handlers, and no signal blocked. */
void process_reset_signals(void);

/* Whether it has ended, and how; says so once, and leaves no zombie. The descriptor stays open. */
bool process_ended(struct process *process, struct process_exit *how);

/* Signals the program's whole process group, or it alone if that is ours; nothing happens without a program. */
void process_signal(const struct process *process, int signal_number);

/* As a terminal that is hung up does: a program that was stopped shall learn of it, too. */
void process_hang_up(const struct process *process);

/* Closes the descriptor; a program that still runs goes on. */
void process_forget(struct process *process);
