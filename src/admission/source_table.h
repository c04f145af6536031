/* SPDX-License-Identifier: BSD-2-Clause */
/* A set of sources of fixed size. Each source gets a number below the size, by which the owner keeps its own data
 * about it. */
#pragma once

#include "admission/source.h"

struct source_table;

/* The seed should be random: see source_hash. */
struct source_table *source_table_new(size_t size, uint64_t seed);
void source_table_free(struct source_table *t); /* NULL is fine */

size_t source_table_count(const struct source_table *t);

bool source_table_find(const struct source_table *t, const struct source *source, size_t *number);

/* The table must have room and must not have the source yet. */
size_t source_table_add(struct source_table *t, const struct source *source);
void source_table_remove(struct source_table *t, size_t number);

/* Valid until it is removed. */
const struct source *source_table_at(const struct source_table *t, size_t number);
