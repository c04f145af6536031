/* SPDX-License-Identifier: BSD-2-Clause */
/* Holds another process still to inspect it (ptrace(2)): its system call filters, and what the kernel answers it.
 * For a process with secrets in it, only root may. */
#pragma once

#include "base/err.h"

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct tracee {
    pid_t id;
    bool may_call;
    unsigned long call_at; /* the address of an instruction that makes a system call */
};

/* Stops it, even in the middle of a call that waits. ERR_SYSTEM with errno: that is not allowed, or it is gone. */
NODISCARD enum err tracee_hold(struct tracee *tracee, pid_t id);

/* Lets it go on where it was. */
void tracee_release(struct tracee *tracee);

/* Its last filter of calls; the caller frees *steps. ERR_SYSTEM with errno: ENOENT when it has none, or the
 * kernel does not show it. */
NODISCARD enum err tracee_filter(const struct tracee *tracee, struct sock_filter **steps,
                                 size_t *count);

/* Has it make the call, bypassing its filters, with up to three arguments; `text`, unless NULL, is put into its memory
 * and the second argument points to it. *result is the kernel's answer: -errno for an error. ERR_SYSTEM with errno:
 * that cannot be done here. */
NODISCARD enum err tracee_call(const struct tracee *tracee, long number,
                               const unsigned long arguments[3], const char *text, long *result);
