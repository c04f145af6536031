/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/records.h"

#include <string.h>

void records_add(struct records *r, uint32_t end)
{
    bool is_new = r->count == 0 || r->ends[r->count - 1] != end;
    if (is_new && r->count < RECORDS_MAX)
        r->ends[r->count++] = end;
}

void records_forget(struct records *r, uint32_t seq)
{
    size_t gone = 0;
    while (gone < r->count && seq_until(r->ends[gone], seq))
        gone++;
    r->count = (uint8_t)(r->count - gone);
    memmove(r->ends, r->ends + gone, r->count * sizeof(r->ends[0]));
}

bool records_cut(const struct records *r, struct tcp_range *range)
{
    for (size_t i = 0; i < r->count; i++) {
        if (!seq_after(r->ends[i], range->begin))
            continue;
        if (seq_after(r->ends[i], range->end))
            return false;
        range->end = r->ends[i];
        return true;
    }
    return false;
}
