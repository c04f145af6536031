/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/assembly.h"

#include "base/check.h"

#include <string.h>

void assembly_init(struct assembly *a)
{
    *a = (struct assembly){ 0 };
}

void assembly_lend_block(struct assembly *a, struct assembly_block *block)
{
    CHECK(!a->block);
    a->block = block;
    block->touches = 0;
}

struct assembly_block *assembly_take_block(struct assembly *a)
{
    return a->count == 0 ? assembly_drop(a) : NULL;
}

struct assembly_block *assembly_drop(struct assembly *a)
{
    struct assembly_block *block = a->block;
    a->block = NULL;
    a->count = 0;
    return block;
}

bool assembly_is_empty(const struct assembly *a)
{
    return a->count == 0;
}

uint32_t assembly_held(const struct assembly *a)
{
    uint32_t held = 0;
    for (size_t i = 0; i < a->count; i++)
        held += seq_count(a->block->ranges[i].begin, a->block->ranges[i].end);
    return held;
}

/* ---- holding ---- */

/* The first range that ends after `seq`. */
static size_t first_behind(const struct assembly *a, uint32_t seq)
{
    size_t i = 0;
    while (i < a->count && seq_until(a->block->ranges[i].end, seq))
        i++;
    return i;
}

bool assembly_missing(const struct assembly *a, struct tcp_range *rest, struct tcp_range *part)
{
    size_t i = first_behind(a, rest->begin);
    if (i < a->count && seq_until(a->block->ranges[i].begin, rest->begin)) {
        rest->begin = seq_earlier(a->block->ranges[i].end, rest->end);
        i++;
    }
    *part = *rest;
    if (i < a->count)
        part->end = seq_earlier(a->block->ranges[i].begin, rest->end);
    rest->begin = part->end;
    return part->begin != part->end;
}

/* Removes [from, to). */
static void remove_ranges(struct assembly *a, size_t from, size_t to)
{
    struct assembly_range *ranges = a->block->ranges;
    memmove(ranges + from, ranges + to, (a->count - to) * sizeof(*ranges));
    a->count -= (uint8_t)(to - from);
}

static void note_overlap(struct assembly *a, const struct assembly_range *held,
                         struct tcp_range range)
{
    struct tcp_range both = { seq_later(held->begin, range.begin),
                              seq_earlier(held->end, range.end) };
    if (a->duplicate.begin == a->duplicate.end && seq_before(both.begin, both.end))
        a->duplicate = both;
}

/* Joins the ranges from `from` to before `to`, which touch the new one, with it. */
static void join(struct assembly *a, size_t from, size_t to, struct tcp_range range)
{
    struct assembly_range *ranges = a->block->ranges;
    for (size_t i = from; i < to; i++)
        note_overlap(a, ranges + i, range);
    ranges[from].begin = seq_earlier(ranges[from].begin, range.begin);
    ranges[from].end = seq_later(ranges[to - 1].end, range.end);
    ranges[from].touched = ++a->block->touches;
    remove_ranges(a, from + 1, to);
}

bool assembly_add(struct assembly *a, struct tcp_range range)
{
    CHECK(seq_before(range.begin, range.end));
    if (!a->block)
        return false;
    struct assembly_range *ranges = a->block->ranges;
    size_t from = 0;
    while (from < a->count && seq_before(ranges[from].end, range.begin))
        from++;
    size_t to = from;
    while (to < a->count && seq_until(ranges[to].begin, range.end))
        to++;
    if (from != to) {
        join(a, from, to, range);
        return true;
    }
    if (a->count == ASSEMBLY_RANGES)
        return false;
    memmove(ranges + from + 1, ranges + from, (a->count - from) * sizeof(*ranges));
    ranges[from] = (struct assembly_range){ range.begin, range.end, ++a->block->touches };
    a->count++;
    return true;
}

uint32_t assembly_advance(struct assembly *a, uint32_t next)
{
    size_t gone = 0;
    while (gone < a->count && seq_until(a->block->ranges[gone].begin, next)) {
        next = seq_later(next, a->block->ranges[gone].end);
        gone++;
    }
    if (gone > 0)
        remove_ranges(a, 0, gone);
    return next;
}

/* ---- reporting ---- */

void assembly_duplicate(struct assembly *a, struct tcp_range range)
{
    if (seq_before(range.begin, range.end))
        a->duplicate = range;
}

/* The range touched last before `touched`; NULL: none. */
static const struct assembly_range *touched_before(const struct assembly *a, uint32_t touched)
{
    const struct assembly_range *found = NULL;
    for (size_t i = 0; i < a->count; i++) {
        const struct assembly_range *range = a->block->ranges + i;
        if (range->touched < touched && (!found || range->touched > found->touched))
            found = range;
    }
    return found;
}

size_t assembly_sacks(struct assembly *a, struct tcp_range *out, size_t max)
{
    size_t count = 0;
    if (a->duplicate.begin != a->duplicate.end && max > 0)
        out[count++] = a->duplicate;
    a->duplicate = (struct tcp_range){ 0, 0 };
    const struct assembly_range *range = touched_before(a, UINT32_MAX);
    for (; range && count < max; range = touched_before(a, range->touched))
        out[count++] = (struct tcp_range){ range->begin, range->end };
    return count;
}
