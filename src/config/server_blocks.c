/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/server_blocks.h"

#include "base/check.h"

#include <stdlib.h>

struct server_block {
    size_t outer;
    const char *condition;
};

void server_blocks_wipe(struct server_blocks *blocks)
{
    free(blocks->items);
    free(blocks->lines);
    *blocks = (struct server_blocks){ 0 };
}

/* Room for one more item of that length. */
static void *grown(void *items, size_t count, size_t *size, size_t len)
{
    if (count < *size)
        return items;
    *size = *size ? 2 * *size : 8;
    void *more = realloc(items, *size * len);
    CHECK(more != NULL);
    return more;
}

size_t server_blocks_open(struct server_blocks *blocks, size_t outer, const char *condition)
{
    CHECK(outer <= blocks->count);
    blocks->items = grown(blocks->items, blocks->count, &blocks->size, sizeof(*blocks->items));
    blocks->items[blocks->count++] = (struct server_block){ outer, condition };
    return blocks->count;
}

void server_blocks_add(struct server_blocks *blocks, const struct server_block_line *line)
{
    CHECK(line->block > SERVER_BLOCKS_OUTSIDE && line->block <= blocks->count);
    blocks->lines =
        grown(blocks->lines, blocks->line_count, &blocks->line_size, sizeof(*blocks->lines));
    blocks->lines[blocks->line_count++] = *line;
}

bool server_blocks_fit(const struct server_blocks *blocks, size_t block,
                       const struct server_match_subject *subject)
{
    for (; block != SERVER_BLOCKS_OUTSIDE; block = blocks->items[block - 1].outer)
        if (!server_match_fits(bytes_text(blocks->items[block - 1].condition), subject))
            return false;
    return true;
}

bool server_blocks_are_all(const struct server_blocks *blocks, size_t block)
{
    for (; block != SERVER_BLOCKS_OUTSIDE; block = blocks->items[block - 1].outer)
        if (!server_match_is_all(bytes_text(blocks->items[block - 1].condition)))
            return false;
    return true;
}
