/* SPDX-License-Identifier: BSD-2-Clause */
/* How much of what costs us, and brings nothing, a peer may send: counters with a limit before the login
 * and one after it, some within windows of time. The list is budget.def. */
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
        struct instant window_end; /* of the counter's window, when it has one */
    } counter[BUDGET_KIND_COUNT];
};

void budget_init(struct budget *b);

/* Counts; ERR_OVER_BUDGET when that is more than the limit. */
NODISCARD enum err budget_spend(struct budget *b, enum budget_kind kind, uint64_t count,
                                struct instant now);

/* The login succeeded: all counters begin anew, with their other limits. */
void budget_login(struct budget *b);

/* One counter begins anew: what is counted per key exchange. */
void budget_renew(struct budget *b, enum budget_kind kind);
