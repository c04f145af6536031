/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/path_mtu.h"

#include <stddef.h>

/* Common link sizes, for ICMP messages that do not give one (RFC 1191 section 7). */
static const uint16_t plateaus[] = { 65535, 32000, 17914, 8166, 4352, 2002, 1492, 1280, 1006, 576 };

void path_mtu_init(struct path_mtu *p, uint16_t floor, uint16_t link)
{
    *p = (struct path_mtu){ .floor = floor < link ? floor : link, .link = link, .size = link };
    p->raise_at = INSTANT_NEVER;
}

uint16_t path_mtu_size(const struct path_mtu *p)
{
    return p->size;
}

/* ---- less ---- */

static uint16_t plateau_below(uint16_t len)
{
    for (size_t i = 0; i < sizeof(plateaus) / sizeof(*plateaus); i++)
        if (plateaus[i] < len)
            return plateaus[i];
    return 0;
}

static bool lower(struct path_mtu *p, uint16_t size, struct instant now)
{
    if (size < p->floor)
        size = p->floor;
    p->claimed = 0;
    p->probing = 0;
    p->failures = 0;
    if (size >= p->size)
        return false;
    p->above = p->size;
    p->size = size;
    p->is_searching = false;
    p->raise_at = instant_after(now, PATH_MTU_RAISE_MS);
    return true;
}

bool path_mtu_too_big(struct path_mtu *p, uint32_t mtu, uint16_t len, bool has_progress,
                      struct instant now)
{
    if (mtu >= len) /* it would have passed */
        return false;
    uint16_t claimed = mtu > 0 ? (uint16_t)mtu : plateau_below(len);
    if (claimed < p->floor)
        claimed = p->floor;
    if (claimed >= p->size)
        return false;
    if (!has_progress)
        return lower(p, claimed, now);
    p->claimed = claimed;
    return false;
}

void path_mtu_progressed(struct path_mtu *p)
{
    p->claimed = 0;
}

bool path_mtu_timed_out(struct path_mtu *p, unsigned timeouts, struct instant now)
{
    if (p->claimed > 0)
        return lower(p, p->claimed, now);
    if (timeouts < PATH_MTU_BLACK_HOLE)
        return false;
    /* First the size that tunnels and old links take, then what every host must. */
    return lower(p, timeouts == PATH_MTU_BLACK_HOLE ? plateau_below(p->size) : p->floor, now);
}

/* ---- more ---- */

/* Half of the way up; at first all of it, in case the link has its old size back. */
static uint16_t next_size(const struct path_mtu *p)
{
    if (!p->is_searching)
        return p->link;
    return (uint16_t)((p->size + p->above) / 2);
}

uint16_t path_mtu_probe(const struct path_mtu *p, struct instant now)
{
    bool is_due = instant_reached(now, p->raise_at);
    return is_due && p->probing == 0 ? next_size(p) : 0;
}

void path_mtu_probe_sent(struct path_mtu *p)
{
    p->probing = next_size(p);
}

static void search_on(struct path_mtu *p, struct instant now)
{
    p->failures = 0;
    if (p->above > p->size + PATH_MTU_STEP)
        return;
    p->is_searching = false;
    p->above = (uint16_t)(p->link < UINT16_MAX ? p->link + 1 : p->link);
    p->raise_at = p->size >= p->link ? INSTANT_NEVER : instant_after(now, PATH_MTU_RAISE_MS);
}

bool path_mtu_probe_acked(struct path_mtu *p, struct instant now)
{
    if (p->probing <= p->size)
        return false;
    p->size = p->probing;
    p->probing = 0;
    if (p->size >= p->link)
        p->above = p->size;
    search_on(p, now);
    return true;
}

void path_mtu_probe_lost(struct path_mtu *p, struct instant now)
{
    if (p->probing == 0)
        return;
    uint16_t tried = p->probing;
    p->probing = 0;
    if (++p->failures < PATH_MTU_PROBES)
        return;
    p->above = tried;
    p->is_searching = true;
    search_on(p, now);
}
