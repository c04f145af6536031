/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/block_pool.h"

#include <stdlib.h>
#include <string.h>

bool block_pool_init(struct block_pool *p, size_t block_len, size_t count)
{
    size_t alignment = sizeof(uint64_t);
    block_len = (block_len + alignment - 1) / alignment * alignment;
    *p = (struct block_pool){ .block_len = block_len, .count = count };
    p->octets = calloc(count, block_len);
    return p->octets;
}

void block_pool_wipe(struct block_pool *p)
{
    free(p->octets);
    *p = (struct block_pool){ 0 };
}

void *block_pool_take(struct block_pool *p)
{
    if (p->free_first) {
        void *block = p->free_first;
        memcpy(&p->free_first, block, sizeof(p->free_first));
        return block;
    }
    return p->fresh < p->count ? p->octets + p->block_len * p->fresh++ : NULL;
}

void block_pool_give(struct block_pool *p, void *block)
{
    if (!block)
        return;
    memcpy(block, &p->free_first, sizeof(p->free_first));
    p->free_first = block;
}
