/* SPDX-License-Identifier: BSD-2-Clause */
#include "admission/crowd.h"

#include "admission/source_table.h"
#include "base/check.h"

#include <stdlib.h>

struct crowd {
    struct crowd_setup setup;
    struct source_table *blocks;
    uint32_t *counts; /* by a block's number */
};

struct crowd *crowd_new(const struct crowd_setup *setup)
{
    struct crowd *c = calloc(1, sizeof(*c));
    CHECK(c);
    c->setup = *setup;
    c->blocks = source_table_new(setup->size, setup->seed);
    c->counts = calloc(setup->size, sizeof(*c->counts));
    CHECK(c->counts);
    return c;
}

void crowd_free(struct crowd *c)
{
    if (!c)
        return;
    source_table_free(c->blocks);
    free(c->counts);
    free(c);
}

static struct source block_of(const struct crowd *c, const struct source *source)
{
    return source_block(source, source->len == SOURCE_V4_LEN ? c->setup.v4_bits : c->setup.v6_bits);
}

void crowd_enter(struct crowd *c, const struct source *source)
{
    struct source block = block_of(c, source);
    size_t number;
    if (!source_table_find(c->blocks, &block, &number)) {
        number = source_table_add(c->blocks, &block);
        c->counts[number] = 0;
    }
    c->counts[number]++;
}

void crowd_leave(struct crowd *c, const struct source *source)
{
    struct source block = block_of(c, source);
    size_t number = 0;
    bool is_there = source_table_find(c->blocks, &block, &number);
    CHECK(is_there && c->counts[number] > 0);
    if (--c->counts[number] == 0)
        source_table_remove(c->blocks, number);
}

size_t crowd_count(const struct crowd *c, const struct source *source)
{
    struct source block = block_of(c, source);
    size_t number;
    return source_table_find(c->blocks, &block, &number) ? c->counts[number] : 0;
}
