/* SPDX-License-Identifier: BSD-2-Clause */
/* CHECK: "our code is wrong otherwise". Always compiled in; aborts the process.
 * Never for what a peer, a user or the kernel can cause: that is an `enum err`. */
#pragma once

#define CHECK(condition)                                  \
    do {                                                  \
        if (__builtin_expect(!(condition), 0))            \
            check_failed(#condition, __FILE__, __LINE__); \
    } while (0)

/* Aborts the process, after calling the observer if one is set. */
_Noreturn void check_failed(const char *condition, const char *file, int line);

/* Sets a function to call when a CHECK fails, just before the process aborts; NULL for none.
 * Programs print the failure there, since the pure layers cannot. */
void check_observe(void (*observer)(const char *condition, const char *file, int line));
