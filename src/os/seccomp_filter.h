/* SPDX-License-Identifier: BSD-2-Clause */
/* System call filters in the kernel's form, as PTRACE_SECCOMP_GET_FILTER returns them: what they answer to a call, and
 * whether they enforce one of our lists (os/sandbox.h). */
#pragma once

#include "os/sandbox.h"

#include <linux/filter.h>
#include <linux/seccomp.h>

struct seccomp_filter {
    const struct sock_filter *steps;
    size_t count;
};

/* The SECCOMP_RET_… for a call. A filter with an unknown step, or without an end, gives SECCOMP_RET_KILL_PROCESS: the
 * kernel would not have accepted it. */
uint32_t seccomp_filter_answer(const struct seccomp_filter *filter,
                               const struct seccomp_data *call);

/* Whether the kernel's number for this architecture is known here; without it no filter can be evaluated. */
bool seccomp_filter_knows_machine(void);

/* Whether it allows exactly these calls, and ends the process for any other. Tried for every number below 1024, with
 * each number in the filter as the arguments; for the list's conditions, with each bit changed; and for another
 * architecture's numbers. */
bool seccomp_filter_is(const struct seccomp_filter *filter, const struct sandbox_call *calls,
                       size_t count);
