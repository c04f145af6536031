/* SPDX-License-Identifier: BSD-2-Clause */
#include "admission/source_table.h"

#include "base/check.h"

#include <stdlib.h>

/* Links are numbers plus one: then fresh memory, which the system zeroes when it is touched, is empty. */
enum { NOBODY = 0 };

struct entry {
    struct source source;
    uint32_t next; /* in its chain, or among the unused ones */
};

struct source_table {
    size_t size, count, fresh; /* entries from `fresh` on were never used */
    uint64_t seed;
    uint32_t unused;
    struct entry *entries;
    uint32_t *chains; /* as many as entries */
};

struct source_table *source_table_new(size_t size, uint64_t seed)
{
    CHECK(size > 0 && size < UINT32_MAX);
    struct source_table *t = calloc(1, sizeof(*t));
    CHECK(t);
    *t = (struct source_table){ .size = size, .seed = seed };
    t->entries = calloc(size, sizeof(*t->entries));
    t->chains = calloc(size, sizeof(*t->chains));
    CHECK(t->entries && t->chains);
    return t;
}

void source_table_free(struct source_table *t)
{
    if (!t)
        return;
    free(t->entries);
    free(t->chains);
    free(t);
}

size_t source_table_count(const struct source_table *t)
{
    return t->count;
}

static uint32_t *chain_of(const struct source_table *t, const struct source *source)
{
    return &t->chains[source_hash(source, t->seed) % t->size];
}

bool source_table_find(const struct source_table *t, const struct source *source, size_t *number)
{
    for (uint32_t i = *chain_of(t, source); i != NOBODY; i = t->entries[i - 1].next)
        if (source_equal(&t->entries[i - 1].source, source)) {
            *number = i - 1;
            return true;
        }
    return false;
}

static size_t take_unused(struct source_table *t)
{
    CHECK(t->count < t->size);
    t->count++;
    if (t->unused == NOBODY)
        return t->fresh++;
    size_t number = t->unused - 1;
    t->unused = t->entries[number].next;
    return number;
}

size_t source_table_add(struct source_table *t, const struct source *source)
{
    size_t number = take_unused(t);
    uint32_t *chain = chain_of(t, source);
    t->entries[number] = (struct entry){ *source, *chain };
    *chain = (uint32_t)number + 1;
    return number;
}

void source_table_remove(struct source_table *t, size_t number)
{
    CHECK(number < t->fresh);
    uint32_t *link = chain_of(t, &t->entries[number].source);
    while (*link != number + 1) {
        CHECK(*link != NOBODY);
        link = &t->entries[*link - 1].next;
    }
    *link = t->entries[number].next;
    t->entries[number].next = t->unused;
    t->unused = (uint32_t)number + 1;
    t->count--;
}

const struct source *source_table_at(const struct source_table *t, size_t number)
{
    CHECK(number < t->fresh);
    return &t->entries[number].source;
}
