/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/budget.h"

#define BUDGET_NO_LIMIT UINT64_MAX

static const struct {
    uint64_t before_login;
    uint64_t after_login;
    int64_t window_ms; /* after the login; 0: never reset */
} limits[BUDGET_KIND_COUNT] = {
#define BUDGET(name, before, after, window, what) [BUDGET_##name] = { before, after, window },
#include "ssh/budget.def"
#undef BUDGET
};

void budget_init(struct budget *b)
{
    *b = (struct budget){ 0 };
}

static uint64_t limit_of(const struct budget *b, enum budget_kind kind)
{
    return b->is_logged_in ? limits[kind].after_login : limits[kind].before_login;
}

static uint64_t spent(const struct budget *b, enum budget_kind kind, struct instant now)
{
    bool has_window = b->is_logged_in && limits[kind].window_ms > 0;
    if (has_window && instant_reached(now, b->counter[kind].window_end))
        return 0;
    return b->counter[kind].spent;
}

enum err budget_spend(struct budget *b, enum budget_kind kind, uint64_t count, struct instant now)
{
    uint64_t limit = limit_of(b, kind), used = spent(b, kind, now);
    if (limit == BUDGET_NO_LIMIT)
        return OK;
    if (used > limit || count > limit - used)
        return ERR_OVER_BUDGET;
    if (instant_reached(now, b->counter[kind].window_end)) {
        b->counter[kind].spent = used;
        b->counter[kind].window_end = instant_after(now, limits[kind].window_ms);
    }
    b->counter[kind].spent += count;
    return OK;
}

void budget_login(struct budget *b)
{
    *b = (struct budget){ .is_logged_in = true };
}

void budget_renew(struct budget *b, enum budget_kind kind)
{
    b->counter[kind].spent = 0;
}
