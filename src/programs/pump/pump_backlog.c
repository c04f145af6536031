/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/pump/pump_backlog.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

struct pump_backlog_piece {
    struct pump_backlog_piece *next;
    size_t begin, end; /* the octets in use */
    size_t used;       /* the most that were ever in use */
    uint8_t octets[PUMP_BACKLOG_PIECE];
};

static void free_pieces(struct pump_backlog_piece **list)
{
    while (*list) {
        struct pump_backlog_piece *piece = *list;
        *list = piece->next;
        bytes_wipe(piece->octets, piece->used > piece->end ? piece->used : piece->end);
        free(piece);
    }
}

static struct pump_backlog_piece *take_piece(struct pump_backlog *backlog)
{
    struct pump_backlog_piece *piece = backlog->spare;
    if (piece) {
        backlog->spare = piece->next;
    } else {
        piece = malloc(sizeof(*piece));
        CHECK(piece != NULL);
        piece->used = 0;
    }
    piece->next = NULL;
    piece->begin = piece->end = 0;
    return piece;
}

static struct pump_backlog_piece *add_piece(struct pump_backlog *backlog)
{
    struct pump_backlog_piece *piece = take_piece(backlog);
    if (backlog->last)
        backlog->last->next = piece;
    else
        backlog->first = piece;
    backlog->last = piece;
    return piece;
}

static void drop_first(struct pump_backlog *backlog)
{
    struct pump_backlog_piece *piece = backlog->first;
    backlog->first = piece->next;
    if (!backlog->first)
        backlog->last = NULL;
    if (piece->used < piece->end)
        piece->used = piece->end;
    piece->next = backlog->spare;
    backlog->spare = piece;
}

void pump_backlog_append(struct pump_backlog *backlog, struct bytes octets)
{
    backlog->len += octets.len;
    while (octets.len > 0) {
        struct pump_backlog_piece *piece = backlog->last;
        if (!piece || piece->end == PUMP_BACKLOG_PIECE)
            piece = add_piece(backlog);
        struct bytes fitting = bytes_slice(octets, 0, PUMP_BACKLOG_PIECE - piece->end);
        memcpy(piece->octets + piece->end, fitting.data, fitting.len);
        piece->end += fitting.len;
        octets = bytes_skip(octets, fitting.len);
    }
}

size_t pump_backlog_parts(const struct pump_backlog *backlog,
                          struct iovec parts[PUMP_BACKLOG_PARTS])
{
    size_t count = 0;
    for (struct pump_backlog_piece *piece = backlog->first; piece && count < PUMP_BACKLOG_PARTS;
         piece = piece->next)
        parts[count++] = (struct iovec){ piece->octets + piece->begin, piece->end - piece->begin };
    return count;
}

void pump_backlog_consume(struct pump_backlog *backlog, size_t count)
{
    CHECK(count <= backlog->len);
    backlog->len -= count;
    while (count > 0) {
        struct pump_backlog_piece *piece = backlog->first;
        size_t there = piece->end - piece->begin, cut = count < there ? count : there;
        piece->begin += cut;
        count -= cut;
        if (piece->begin == piece->end)
            drop_first(backlog);
    }
}

void pump_backlog_rest(struct pump_backlog *backlog)
{
    free_pieces(&backlog->spare);
}

void pump_backlog_wipe(struct pump_backlog *backlog)
{
    free_pieces(&backlog->first);
    free_pieces(&backlog->spare);
    *backlog = (struct pump_backlog){ 0 };
}
