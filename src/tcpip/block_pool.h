/* SPDX-License-Identifier: BSD-2-Clause */
/* Blocks of one size, lent to connections for state that they need only in trouble. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct block_pool {
    uint8_t *octets;
    void *free_first;               /* each free block begins with the next */
    size_t block_len, count, fresh; /* those from `fresh` on were never used, and cost no page */
};

/* False: there is not enough memory. */
bool block_pool_init(struct block_pool *p, size_t block_len, size_t count);
void block_pool_wipe(struct block_pool *p);

/* NULL: all are lent. The content is undefined. */
void *block_pool_take(struct block_pool *p);
/* NULL does nothing. */
void block_pool_give(struct block_pool *p, void *block);
