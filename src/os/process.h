/* SPDX-License-Identifier: BSD-2-Clause */
/* Starts programs and reports how they ended. A program starts in a session of its own with the
 * default signal handlers, no blocked signal and no descriptor but 0, 1 and 2. */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <sys/types.h>

struct process_setup {
    const char *path;
    char *const *argv;
    char *const *environment;
    char *const *first;    /* or NULL; run and awaited before it in the same way, with no input */
    const char *directory; /* to start in; "/" if it is NULL or cannot be entered */
    const char *terminal;  /* becomes its controlling terminal and descriptors 0 to 2; or NULL: */
    int in_fd, out_fd, err_fd;    /* … its descriptors 0 to 2; each above 2 */
    bool is_terminal;             /* each of them is the terminal, whose path cannot be opened */
    bool stays;                   /* in our session and process group */
    void (*begin)(void *context); /* or NULL; runs in the new process, before any program */
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

/* ERR_SYSTEM with errno: it could not be started, and nothing is left behind. A program that exists and has execute
 * permission but still cannot be executed ends with status 127. */
NODISCARD enum err process_start(const struct process_setup *setup, struct process *process);

/* For a child that nobody has reaped. ERR_SYSTEM: it cannot be watched, so it was killed and reaped. */
NODISCARD enum err process_watch(pid_t child, struct process *process);

enum { PROCESS_NAME_MAX = 16 };

/* The kernel's name for the process: at most 15 octets of its program's name, also after it has ended until it is
 * reaped; "?" if unknown. */
void process_name(pid_t id, char name[static PROCESS_NAME_MAX]);

/* For a new process: the default handlers, and no signal blocked. */
void process_reset_signals(void);

/* Whether it has ended, and how; reports that once, and leaves no zombie. The descriptor stays open. */
bool process_ended(struct process *process, struct process_exit *how);

/* Signals the program's whole process group, or only the program if it has none of its own; does nothing without a
 * program. */
void process_signal(const struct process *process, int signal_number);

/* Sends SIGHUP as a terminal does when it is hung up, then SIGCONT: a stopped program must learn of it too. */
void process_hang_up(const struct process *process);

/* Closes the descriptor; a program that is still running goes on. */
void process_forget(struct process *process);
