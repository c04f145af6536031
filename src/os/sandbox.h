/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes everything away from this process but the descriptors it holds, in two steps: first what can be given
 * up long before there is work, and is inherited by children; then the system calls. Irrevocable. */
#pragma once

#include "os/sandbox_setup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Identity, files, networks and capabilities: another user and root directory (for root), empty namespaces and Landlock
 * where the system has and allows them, no capability held or (for root) obtainable, no new privileges, no core dump
 * with secrets in it. The process may still fork. ERR_SYSTEM with errno: something could not be given up; then the
 * process must not go on. */
NODISCARD enum err sandbox_isolate(const struct sandbox_setup *setup);

/* A system call that may still be made; if `is_checked`, only with (argument & mask) == value. */
struct sandbox_call {
    int number; /* SYS_… */
    bool is_checked;
    unsigned argument; /* which, from 0 */
    uint64_t mask, value;
};

/* Expand the lists of calls, which are .def tables. */
#define SANDBOX_CALL(name)   \
    {                        \
        .number = SYS_##name \
    }
#define SANDBOX_CALL_IF(name, place, bits, wanted)                                     \
    {                                                                                  \
        .number = SYS_##name, .is_checked = true, .argument = (place), .mask = (bits), \
        .value = (wanted)                                                              \
    }

/* The calls that AddressSanitizer's runtime makes when a process ends or frees much memory; in builds with it they are
 * part of every list. */
#ifdef __SANITIZE_ADDRESS__
#define SANDBOX_RUNTIME_CALLS SANDBOX_CALL(sigaltstack), SANDBOX_CALL(madvise)
#else
#define SANDBOX_RUNTIME_CALLS
#endif

/* Compiles a list, once for all processes that will be locked in. Never freed. NULL with errno on failure. */
struct sandbox_filter;
const struct sandbox_filter *sandbox_compile(const struct sandbox_call *calls, size_t count);

/* From now on any other call ends the process, and it cannot create processes. ERR_SYSTEM as above, also for NULL. */
NODISCARD enum err sandbox_lock(const struct sandbox_filter *filter);
