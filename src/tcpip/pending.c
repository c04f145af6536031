/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/pending.h"

#include <stdlib.h>

bool pending_init(struct pending *p, size_t max)
{
    *p = (struct pending){ .max = (uint32_t)max, .free_first = UINT32_MAX };
    p->entries = calloc(max > 0 ? max : 1, sizeof(*p->entries));
    return p->entries;
}

void pending_wipe(struct pending *p)
{
    free(p->entries);
    p->entries = NULL;
}

uint32_t pending_take(struct pending *p)
{
    uint32_t entry = p->free_first;
    if (entry != UINT32_MAX)
        p->free_first = p->entries[entry].next_free;
    else if (p->fresh < p->max)
        entry = p->fresh++;
    else
        return UINT32_MAX;
    p->count++;
    return entry;
}

void pending_give(struct pending *p, uint32_t entry)
{
    p->entries[entry].next_free = p->free_first;
    p->free_first = entry;
    p->count--;
}
