/* SPDX-License-Identifier: BSD-2-Clause */
/* Filters of system calls in the kernel's form, as PTRACE_SECCOMP_GET_FILTER gives them: what they say to a call, and
 * whether they say what a list of ours does (os/sandbox.h). */
#pragma once

#include "os/sandbox.h"

#include <linux/filter.h>
#include <linux/seccomp.h>

struct seccomp_filter {
    const struct sock_filter *steps;
    size_t count;
};

/* SECCOMP_RET_… of a call. A filter with a step that is no filter's, or without an end, says
 * SECCOMP_RET_KILL_PROCESS: the kernel would not have taken it. */
uint32_t seccomp_filter_answer(const struct seccomp_filter *filter,
                               const struct seccomp_data *call);

/* Whether the kernel's number for this machine is known here; without it no filter can be asked. */
bool seccomp_filter_knows_machine(void);

/* Does it allow exactly these calls, and end the process for each other one? Asked for every number below 1024, with
 * each number of the filter's as the arguments; for those of the list's conditions with each bit changed; and for another
 * machine's numbers. */
bool seccomp_filter_is(const struct seccomp_filter *filter, const struct sandbox_call *calls,
                       size_t count);
