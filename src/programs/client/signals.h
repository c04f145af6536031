/* SPDX-License-Identifier: BSD-2-Clause */
/* What the client does about signals once it is logged in. Until then there is nothing to say good-bye to, and a
 * question on the terminal must be broken off at once. One that would end or suspend us and was ignored when we were
 * started stays so. */
#pragma once

#include <stdbool.h>
#include <uv.h>

enum { SIGNALS_COUNT = 6 };

struct signals_owner {
    /* The terminal may have another size. */
    void (*resized)(void *context);
    /* By such a signal we must end; the owner does it. */
    void (*ended)(void *context, int number);
    void *context;
};

struct signals {
    struct signals_owner owner;
    uv_signal_t handles[SIGNALS_COUNT];
};

/* The handles do not keep the loop alive; the struct must outlive it. */
void signals_init(struct signals *signals, uv_loop_t *loop, const struct signals_owner *owner);

/* With a terminal it is given back while we are suspended, and its size is watched, too. */
void signals_start(struct signals *signals, bool has_terminal);
