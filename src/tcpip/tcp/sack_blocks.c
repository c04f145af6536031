/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/sack_blocks.h"

bool sack_blocks_has_duplicate(uint32_t ack, const struct tcp_range *sacks, size_t count)
{
    if (count == 0 || !seq_before(sacks[0].begin, sacks[0].end))
        return false;
    if (seq_until(sacks[0].end, ack))
        return true;
    return count > 1 && seq_until(sacks[1].begin, sacks[0].begin) &&
           seq_until(sacks[0].end, sacks[1].end);
}

static bool can_be_true(struct tcp_range sack, uint32_t begin, uint32_t end)
{
    return seq_before(begin, sack.begin) && seq_before(sack.begin, sack.end) &&
           seq_until(sack.end, end);
}

size_t sack_blocks_sorted(const struct tcp_range *sacks, size_t count, uint32_t begin, uint32_t end,
                          struct tcp_range out[TCP_SACK_BLOCKS])
{
    size_t found = 0;
    for (size_t i = 0; i < count && found < TCP_SACK_BLOCKS; i++) {
        if (!can_be_true(sacks[i], begin, end))
            continue;
        size_t place = found++;
        for (; place > 0 && seq_before(sacks[i].begin, out[place - 1].begin); place--)
            out[place] = out[place - 1];
        out[place] = sacks[i];
    }
    return found;
}
