/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes everything away from this process but the descriptors it holds, in two steps: what can be given up
 * long before there is work, and inherited by children; then the system calls. Irrevocable. */
#pragma once

#include "os/sandbox_setup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Identity, files, networks and capabilities: an own user and root directory (for root), namespaces of its
 * own with nothing in them and Landlock where the system has and allows them, no capability, neither held nor (for root)
 * to be had, no new privileges, no core with secrets in it. It may still fork. ERR_SYSTEM with errno: something could not be
 * given up; then the process must not go on. */
NODISCARD enum err sandbox_isolate(const struct sandbox_setup *setup);

/* A system call that may still be made; if `is_checked`, only with (argument & mask) == value. */
struct sandbox_call {
    int number; /* SYS_… */
    bool is_checked;
    unsigned argument; /* which, from 0 */
    uint64_t mask, value;
};

/* What the lists of calls, .def tables, are expanded with. */
#define SANDBOX_CALL(name)   \
    {                        \
        .number = SYS_##name \
    }
#define SANDBOX_CALL_IF(name, place, bits, wanted)                                     \
    {                                                                                  \
        .number = SYS_##name, .is_checked = true, .argument = (place), .mask = (bits), \
        .value = (wanted)                                                              \
    }

/* What AddressSanitizer's runtime asks for when a process ends or gives back much memory, in builds with it: part of
 * every list there. */
#ifdef __SANITIZE_ADDRESS__
#define SANDBOX_RUNTIME_CALLS SANDBOX_CALL(sigaltstack), SANDBOX_CALL(madvise)
#else
#define SANDBOX_RUNTIME_CALLS
#endif

/* A list made ready, once for all processes that will be locked in. Lives for ever. NULL with errno. */
struct sandbox_filter;
const struct sandbox_filter *sandbox_compile(const struct sandbox_call *calls, size_t count);

/* Any other call ends the process from now on; it can make no process. ERR_SYSTEM as above, for NULL, too. */
NODISCARD enum err sandbox_lock(const struct sandbox_filter *filter);
