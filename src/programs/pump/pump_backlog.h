/* SPDX-License-Identifier: BSD-2-Clause */
/* Octets that a descriptor did not take yet, in pieces of one size: whatever there is of them, adding and taking away
 * costs no more than the octets themselves. They are wiped before their memory is given back. */
#pragma once

#include "base/bytes.h"

#include <sys/uio.h>

enum { PUMP_BACKLOG_PIECE = 256 * 1024, PUMP_BACKLOG_PARTS = 16 };

struct pump_backlog_piece;

struct pump_backlog {
    struct pump_backlog_piece *first, *last;
    struct pump_backlog_piece *spare; /* what was used before, kept while data flows */
    size_t len;                       /* octets */
};

void pump_backlog_append(struct pump_backlog *backlog, struct bytes octets);

/* The first octets, for one writev: fills `parts` and returns how many of them there are; borrowed until the next call. */
size_t pump_backlog_parts(const struct pump_backlog *backlog,
                          struct iovec parts[PUMP_BACKLOG_PARTS]);

/* The first `count` octets go; there are as many. */
void pump_backlog_consume(struct pump_backlog *backlog, size_t count);

/* Gives back the spare pieces. */
void pump_backlog_rest(struct pump_backlog *backlog);
void pump_backlog_wipe(struct pump_backlog *backlog);
