/* SPDX-License-Identifier: BSD-2-Clause */
/* CHECK: "our code is wrong otherwise". Always compiled in; aborts the process.
 * Never for what a peer, a user or the kernel can cause: that is an `enum err`. */
#pragma once

#define CHECK(condition)                                  \
    do {                                                  \
        if (__builtin_expect(!(condition), 0))            \
            check_failed(#condition, __FILE__, __LINE__); \
    } while (0)

/* Ends the process after telling `observer`, if one was set. */
_Noreturn void check_failed(const char *condition, const char *file, int line);

/* Sets who is told of a failed CHECK just before the process aborts; NULL for nobody.
 * A program prints it; the pure layers cannot. */
void check_observe(void (*observer)(const char *condition, const char *file, int line));
