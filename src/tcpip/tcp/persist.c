/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/persist.h"

void persist_init(struct persist *p)
{
    *p = (struct persist){ .deadline = INSTANT_NEVER };
}

/* The timeout, doubled with each probe. */
static struct instant next_at(const struct persist *p, uint32_t timeout_us, struct instant now)
{
    uint8_t doublings = p->probes < 16 ? p->probes : 16;
    int64_t wait = (int64_t)timeout_us << doublings;
    int64_t longest = (int64_t)PERSIST_MAX_MS * 1000;
    return (struct instant){ now.us + (wait < longest ? wait : longest) };
}

void persist_begin(struct persist *p, uint32_t timeout_us, struct instant now)
{
    if (p->deadline.us == INSTANT_NEVER.us)
        p->deadline = next_at(p, timeout_us, now);
}

void persist_end(struct persist *p)
{
    persist_init(p);
}

struct instant persist_deadline(const struct persist *p)
{
    return p->deadline;
}

bool persist_expire(struct persist *p, uint32_t timeout_us, struct instant now)
{
    if (!instant_reached(now, p->deadline))
        return false;
    if (p->probes < UINT8_MAX)
        p->probes++;
    p->deadline = next_at(p, timeout_us, now);
    return true;
}
