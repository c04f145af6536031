/* SPDX-License-Identifier: BSD-2-Clause */
#include "admission/penalties.h"

#include "admission/source_table.h"
#include "base/check.h"

#include <stdlib.h>

struct penalty {
    struct instant until;
    bool is_active; /* was once above the minimum */
    enum penalties_class last;
    size_t place; /* in the heap */
};

/* The penalties of one address family. */
struct family {
    size_t max;
    enum penalties_overflow overflow;
    struct source_table *sources;
    struct penalty *penalties; /* by a source's number */
    size_t *heap;              /* of numbers; the penalty that ends first is at the top */
};

struct penalties {
    struct penalties_rules rules;
    struct family v4, v6;
};

static const char *const reasons[PENALTIES_CLASS_COUNT] = {
#define PENALTY(name, words) words,
#include "admission/penalties.def"
#undef PENALTY
};

const char *penalties_reason(enum penalties_class class)
{
    CHECK(class < PENALTIES_CLASS_COUNT);
    return reasons[class];
}

static void start_family(struct family *f, size_t max, enum penalties_overflow overflow,
                         uint64_t seed)
{
    *f = (struct family){ .max = max, .overflow = overflow };
    if (max == 0)
        return;
    f->sources = source_table_new(max, seed);
    f->penalties = calloc(max, sizeof(*f->penalties));
    f->heap = calloc(max, sizeof(*f->heap));
    CHECK(f->penalties && f->heap);
}

static void end_family(struct family *f)
{
    source_table_free(f->sources);
    free(f->penalties);
    free(f->heap);
}

struct penalties *penalties_new(const struct penalties_rules *rules, uint64_t seed)
{
    struct penalties *p = calloc(1, sizeof(*p));
    CHECK(p);
    p->rules = *rules;
    start_family(&p->v4, rules->are_enabled ? rules->max_sources4 : 0, rules->overflow4, seed);
    start_family(&p->v6, rules->are_enabled ? rules->max_sources6 : 0, rules->overflow6, seed);
    return p;
}

void penalties_free(struct penalties *p)
{
    if (!p)
        return;
    end_family(&p->v4);
    end_family(&p->v6);
    free(p);
}

/* ---- the heap ---- */

static size_t count_of(const struct family *f)
{
    return f->sources ? source_table_count(f->sources) : 0;
}

static int64_t end_at(const struct family *f, size_t place)
{
    return f->penalties[f->heap[place]].until.us;
}

static void swap(struct family *f, size_t a, size_t b)
{
    size_t number = f->heap[a];
    f->heap[a] = f->heap[b];
    f->heap[b] = number;
    f->penalties[f->heap[a]].place = a;
    f->penalties[f->heap[b]].place = b;
}

static void rise(struct family *f, size_t place)
{
    while (place > 0 && end_at(f, place) < end_at(f, (place - 1) / 2)) {
        swap(f, place, (place - 1) / 2);
        place = (place - 1) / 2;
    }
}

static void sink(struct family *f, size_t place, size_t count)
{
    for (;;) {
        size_t first = place;
        for (size_t child = 2 * place + 1; child <= 2 * place + 2 && child < count; child++)
            if (end_at(f, child) < end_at(f, first))
                first = child;
        if (first == place)
            return;
        swap(f, place, first);
        place = first;
    }
}

static void forget_first(struct family *f)
{
    size_t number = f->heap[0], last = count_of(f) - 1;
    swap(f, 0, last);
    sink(f, 0, last);
    source_table_remove(f->sources, number);
}

static void forget_ended(struct family *f, struct instant now)
{
    while (count_of(f) > 0 && instant_reached(now, f->penalties[f->heap[0]].until))
        forget_first(f);
}

/* ---- penalties ---- */

static struct family *family_of(struct penalties *p, const struct source *source)
{
    return source->len == SOURCE_V4_LEN ? &p->v4 : &p->v6;
}

static struct source block_of(const struct penalties *p, const struct source *source)
{
    return source_block(source, source->len == SOURCE_V4_LEN ? p->rules.v4_bits : p->rules.v6_bits);
}

static size_t add_source(struct family *f, const struct source *block, struct instant now)
{
    if (count_of(f) == f->max)
        forget_first(f);
    size_t number = source_table_add(f->sources, block);
    size_t place = count_of(f) - 1;
    f->penalties[number] = (struct penalty){ .until = now, .place = place };
    f->heap[place] = number;
    rise(f, place);
    return number;
}

bool penalties_add(struct penalties *p, const struct source *source, enum penalties_class class,
                   struct instant now)
{
    struct family *f = family_of(p, source);
    struct source block = block_of(p, source);
    size_t number;
    CHECK(class < PENALTIES_CLASS_COUNT);
    if (source->len == 0 || f->max == 0 || p->rules.ms[class] <= 0)
        return false;
    forget_ended(f, now);
    bool is_known = source_table_find(f->sources, &block, &number);
    if (!is_known && count_of(f) == f->max && f->overflow == PENALTIES_DENY_ALL)
        return false;
    if (!is_known)
        number = add_source(f, &block, now);

    struct penalty *penalty = &f->penalties[number];
    penalty->until = instant_earlier(instant_after(penalty->until, p->rules.ms[class]),
                                     instant_after(now, p->rules.max_ms));
    penalty->is_active |= penalty->until.us - now.us > 1000 * p->rules.min_ms;
    penalty->last = class;
    sink(f, penalty->place, count_of(f));
    return true;
}

bool penalties_refuses(struct penalties *p, const struct source *source, struct instant now,
                       const char **reason)
{
    struct family *f = family_of(p, source);
    struct source block = block_of(p, source);
    size_t number;
    if (source->len == 0 || !p->rules.are_enabled)
        return false;
    forget_ended(f, now);
    *reason = "too many penalised addresses";
    if (count_of(f) == f->max && f->overflow == PENALTIES_DENY_ALL)
        return true;
    if (f->max == 0 || !source_table_find(f->sources, &block, &number))
        return false;
    *reason = reasons[f->penalties[number].last];
    return f->penalties[number].is_active;
}

static bool entry_of(const struct family *f, size_t place, struct penalties_entry *entry)
{
    if (place >= count_of(f))
        return false;
    const struct penalty *penalty = &f->penalties[f->heap[place]];
    *entry = (struct penalties_entry){ *source_table_at(f->sources, f->heap[place]), penalty->until,
                                       penalty->is_active, penalty->last };
    return true;
}

bool penalties_at(const struct penalties *p, size_t place, struct penalties_entry *entry)
{
    size_t v4 = count_of(&p->v4);
    return place < v4 ? entry_of(&p->v4, place, entry) : entry_of(&p->v6, place - v4, entry);
}

void penalties_restore(struct penalties *p, const struct penalties_entry *entry, struct instant now)
{
    struct family *f = family_of(p, &entry->block);
    struct source block = block_of(p, &entry->block);
    struct instant until = instant_earlier(entry->until, instant_after(now, p->rules.max_ms));
    size_t number;
    CHECK(entry->last < PENALTIES_CLASS_COUNT);
    if (block.len == 0 || f->max == 0 || instant_reached(now, until))
        return;
    if (!source_table_find(f->sources, &block, &number)) {
        if (count_of(f) == f->max)
            return;
        number = add_source(f, &block, now);
    }
    struct penalty *penalty = &f->penalties[number];
    if (penalty->until.us < until.us) {
        penalty->until = until;
        penalty->last = entry->last;
    }
    penalty->is_active |= entry->is_active;
    sink(f, penalty->place, count_of(f));
}
