/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines after Match in sshd_config and the files it includes: kept as text until it is known to whom they
 * apply. Blocks nest: a Match in a file that a block includes applies only where both do. */
#pragma once

#include "config/server_match.h"

enum { SERVER_BLOCKS_OUTSIDE = 0 }; /* the number for lines before any Match */

struct server_block_line {
    size_t block;
    const char *text;
    struct place place; /* its problems are NULL */
};

/* Empty when zero. Texts and file names belong to the caller who adds them. */
struct server_blocks {
    struct server_block *items;
    size_t count, size;
    struct server_block_line *lines; /* in the order of reading */
    size_t line_count, line_size;
};

void server_blocks_wipe(struct server_blocks *blocks);

/* Opens a new block within another; returns its number. The condition has been checked. */
size_t server_blocks_open(struct server_blocks *blocks, size_t outer, const char *condition);
void server_blocks_add(struct server_blocks *blocks, const struct server_block_line *line);

/* Whether the block and those around it apply to the subject. */
bool server_blocks_fit(const struct server_blocks *blocks, size_t block,
                       const struct server_match_subject *subject);

/* Whether they apply to everybody. */
bool server_blocks_are_all(const struct server_blocks *blocks, size_t block);
