/* SPDX-License-Identifier: BSD-2-Clause */
/* What the client does about signals once it is logged in. Before that there is nothing to close in good order, and a
 * question on the terminal must stop at once. A signal that would end or suspend us and was ignored when we were
 * started stays ignored. */
#pragma once

#include <stdbool.h>
#include <uv.h>

enum { SIGNALS_COUNT = 6 };

struct signals_owner {
    /* The terminal may have another size. */
    void (*resized)(void *context);
    /* The signal must end the process, which is the owner's job. */
    void (*ended)(void *context, int number);
    void *context;
};

struct signals {
    struct signals_owner owner;
    uv_signal_t handles[SIGNALS_COUNT];
};

/* The handles do not keep the loop alive; the struct must outlive it. */
void signals_init(struct signals *signals, uv_loop_t *loop, const struct signals_owner *owner);

/* With a terminal: restores it while we are suspended, and watches its size. */
void signals_start(struct signals *signals, bool has_terminal);
