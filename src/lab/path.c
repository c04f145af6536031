/* SPDX-License-Identifier: BSD-2-Clause */
#include "lab/path.h"

#include <string.h>

enum { DUPLICATE_AFTER_US = 500 };

void path_init(struct path *path, const struct path_setup *setup, struct dice dice)
{
    memset(path, 0, sizeof(*path));
    path->setup = *setup;
    path->dice = dice;
}

static struct instant later(struct instant a, struct instant b)
{
    return a.us > b.us ? a : b;
}

/* Octets waiting now. */
static uint64_t waiting(const struct path *path, struct instant now)
{
    if (path->setup.rate == 0 || path->free_at.us <= now.us)
        return 0;
    return (uint64_t)(path->free_at.us - now.us) * path->setup.rate / 8 / 1000000;
}

/* When the link will have sent it. */
static struct instant send(struct path *path, struct instant now, size_t len)
{
    struct instant begin = later(now, path->free_at);
    if (path->setup.rate > 0)
        begin.us += (int64_t)((uint64_t)len * 8 * 1000000 / path->setup.rate);
    path->free_at = begin;
    return begin;
}

struct path_verdict path_carry(struct path *path, struct instant now, size_t len)
{
    const struct path_setup *s = &path->setup;
    struct path_verdict v = { .fate = PATH_CARRIED, .copies = 1 };
    /* Always the same number of rolls, so that changing one chance leaves the others' results alone. */
    bool is_lost = dice_chance(&path->dice, s->loss);
    v.is_overtaken = dice_chance(&path->dice, s->reorder);
    bool is_doubled = dice_chance(&path->dice, s->duplicate);
    int64_t jitter = dice_below(&path->dice, (uint32_t)s->jitter_us + 1);
    uint64_t queue = waiting(path, now);
    if (len > s->mtu)
        v.fate = PATH_TOO_BIG;
    else if (s->rate > 0 && queue + len > s->queue_max)
        v.fate = PATH_FULL;
    else if (is_lost)
        v.fate = PATH_LOST;
    if (v.fate == PATH_TOO_BIG || v.fate == PATH_FULL)
        return v;
    struct instant at = send(path, now, len);
    if (v.fate == PATH_LOST)
        return v;
    v.is_marked = s->mark_at > 0 && queue >= s->mark_at;
    at.us += s->delay_us + jitter;
    if (v.is_overtaken)
        at.us += s->delay_us / 2 + 1000;
    else
        path->last_at = at = later(at, path->last_at);
    v.at[0] = at;
    v.at[1] = (struct instant){ at.us + DUPLICATE_AFTER_US };
    v.copies = is_doubled ? 2 : 1;
    return v;
}
