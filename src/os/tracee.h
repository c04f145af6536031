/* SPDX-License-Identifier: BSD-2-Clause */
/* Another process held still, to be looked into from outside (ptrace(2)): its filters of system calls, and what the
 * kernel answers it. Only root may of a process with secrets in it. */
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

/* Stops it, or finds it in what it waits for. ERR_SYSTEM with errno: that is not allowed, or it is gone. */
NODISCARD enum err tracee_hold(struct tracee *tracee, pid_t id);

/* It goes on where it was. */
void tracee_release(struct tracee *tracee);

/* Its last filter of calls; the caller frees *steps. ERR_SYSTEM with errno: ENOENT when it has none, or the
 * kernel does not tell. */
NODISCARD enum err tracee_filter(const struct tracee *tracee, struct sock_filter **steps,
                                 size_t *count);

/* Has it make the call, whatever its filters say, with up to three arguments; `text` lies where the second one points
 * to, or is NULL. *result is what the kernel answers: -errno for an error. ERR_SYSTEM with errno: that cannot be done
 * here. */
NODISCARD enum err tracee_call(const struct tracee *tracee, long number,
                               const unsigned long arguments[3], const char *text, long *result);
