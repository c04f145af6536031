/* SPDX-License-Identifier: BSD-2-Clause */
/* Octets that a descriptor has not taken yet, in pieces of one size: however many there are, adding and removing costs
 * no more than the octets themselves. They are wiped before their memory is freed. */
#pragma once

#include "base/bytes.h"

#include <sys/uio.h>

enum { PUMP_BACKLOG_PIECE = 256 * 1024, PUMP_BACKLOG_PARTS = 16 };

struct pump_backlog_piece;

struct pump_backlog {
    struct pump_backlog_piece *first, *last;
    struct pump_backlog_piece *spare; /* used pieces, kept while data flows */
    size_t len;                       /* octets */
};

void pump_backlog_append(struct pump_backlog *backlog, struct bytes octets);

/* The first octets, for one writev: fills `parts` and returns their number; borrowed until the next call. */
size_t pump_backlog_parts(const struct pump_backlog *backlog,
                          struct iovec parts[PUMP_BACKLOG_PARTS]);

/* Removes the first `count` octets; there must be as many. */
void pump_backlog_consume(struct pump_backlog *backlog, size_t count);

/* Frees the spare pieces. */
void pump_backlog_rest(struct pump_backlog *backlog);
void pump_backlog_wipe(struct pump_backlog *backlog);
