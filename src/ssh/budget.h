/* SPDX-License-Identifier: BSD-2-Clause */
/* How much a peer may send of what costs us and achieves nothing: counters with one limit before the login and another
 * after it, some per window of time. The list is budget.def. */
#pragma once

#include "base/err.h"
#include "base/instant.h"

enum budget_kind {
#define BUDGET(name, before_login, after_login, window_ms, what) BUDGET_##name,
#include "ssh/budget.def"
#undef BUDGET
    BUDGET_KIND_COUNT
};

struct budget {
    bool is_logged_in;
    struct {
        uint64_t spent;
        struct instant window_end; /* end of the counter's window, if it has one */
    } counter[BUDGET_KIND_COUNT];
};

void budget_init(struct budget *b);

/* Adds `count`; ERR_OVER_BUDGET: the counter is over its limit. */
NODISCARD enum err budget_spend(struct budget *b, enum budget_kind kind, uint64_t count,
                                struct instant now);

/* The login succeeded: all counters restart, with their limits after the login. */
void budget_login(struct budget *b);

/* Restarts one counter, for what is counted per key exchange. */
void budget_renew(struct budget *b, enum budget_kind kind);
