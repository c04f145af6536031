/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/keep_alive.h"

void keep_alive_init(struct keep_alive *k, struct instant now)
{
    *k = (struct keep_alive){ .heard_at = now };
}

void keep_alive_set(struct keep_alive *k, uint32_t interval_ms, struct instant now)
{
    *k = (struct keep_alive){ .heard_at = now, .interval_ms = interval_ms };
}

void keep_alive_heard(struct keep_alive *k, struct instant now)
{
    k->heard_at = now;
    k->probes = 0;
}

/* Never longer between probes than before the first. */
static uint32_t wait_ms(const struct keep_alive *k)
{
    bool is_first = k->probes == 0 || k->interval_ms < KEEP_ALIVE_RETRY_MS;
    return is_first ? k->interval_ms : KEEP_ALIVE_RETRY_MS;
}

struct instant keep_alive_deadline(const struct keep_alive *k)
{
    return k->interval_ms == 0 ? INSTANT_NEVER : instant_after(k->heard_at, wait_ms(k));
}

enum keep_alive_expiry keep_alive_expire(struct keep_alive *k, struct instant now)
{
    if (!instant_reached(now, keep_alive_deadline(k)))
        return KEEP_ALIVE_NOTHING;
    if (k->probes >= KEEP_ALIVE_PROBES)
        return KEEP_ALIVE_DEAD;
    k->probes++;
    k->heard_at = now;
    return KEEP_ALIVE_PROBE;
}
