/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/chunks.h"

#include "base/check.h"

#include <stdlib.h>

bool chunks_init(struct chunks *c, size_t count)
{
    *c = (struct chunks){ .free_first = CHUNK_NONE };
    if (count == 0 || count >= CHUNK_NONE)
        return false;
    c->octets = calloc(count, CHUNK_LEN);
    c->list = calloc(count, sizeof(*c->list));
    if (!c->octets || !c->list) {
        chunks_wipe(c);
        return false;
    }
    c->count = (uint32_t)count;
    for (uint32_t i = c->count; i > 0; i--)
        chunks_give(c, i - 1);
    return true;
}

void chunks_wipe(struct chunks *c)
{
    free(c->octets);
    free(c->list);
    *c = (struct chunks){ .free_first = CHUNK_NONE };
}

uint32_t chunks_take(struct chunks *c)
{
    if (c->free_count <= c->promised)
        return CHUNK_NONE;
    uint32_t chunk = c->free_first;
    c->free_first = c->list[chunk].next;
    c->free_count--;
    return chunk;
}

void chunks_give(struct chunks *c, uint32_t chunk)
{
    CHECK(chunk < c->count);
    c->list[chunk].next = c->free_first;
    c->free_first = chunk;
    c->free_count++;
}

bool chunks_promise(struct chunks *c, size_t count)
{
    c->promised = 0;
    if (c->free_count < count)
        return false;
    c->promised = (uint32_t)count;
    return true;
}

void chunks_release_promise(struct chunks *c)
{
    c->promised = 0;
}

struct span chunks_span(const struct chunks *c, uint32_t chunk)
{
    CHECK(chunk < c->count);
    return (struct span){ c->octets + (size_t)chunk * CHUNK_LEN, CHUNK_LEN };
}
