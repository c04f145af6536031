/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands behind the Match lines of sshd_config and of what it includes: kept as text until it is
 * known whom it is for. Blocks nest: a Match in a file that a block includes holds only where both do. */
#pragma once

#include "config/server_match.h"

enum { SERVER_BLOCKS_OUTSIDE = 0 }; /* the number of what stands before any Match */

struct server_block_line {
    size_t block;
    const char *text;
    struct place place; /* its problems are NULL */
};

/* Zero is an empty one. Texts and the files' names belong to whoever adds them. */
struct server_blocks {
    struct server_block *items;
    size_t count, size;
    struct server_block_line *lines; /* in the order of reading */
    size_t line_count, line_size;
};

void server_blocks_wipe(struct server_blocks *blocks);

/* A new block within another; gives its number. The condition has been checked. */
size_t server_blocks_open(struct server_blocks *blocks, size_t outer, const char *condition);
void server_blocks_add(struct server_blocks *blocks, const struct server_block_line *line);

/* Whether the block and those around it hold for the subject. */
bool server_blocks_fit(const struct server_blocks *blocks, size_t block,
                       const struct server_match_subject *subject);

/* Whether they hold for everybody. */
bool server_blocks_are_all(const struct server_blocks *blocks, size_t block);
