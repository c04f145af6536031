/* SPDX-License-Identifier: BSD-2-Clause */
/* What was received beyond RCV.NXT: ranges of sequence numbers, and the SACK blocks that report
 * them to the peer (RFC 2018 section 4, RFC 2883). The owner keeps the octets. An accepted octet is
 * never replaced: the first one wins, whatever overlaps it.
 *
 * At most ASSEMBLY_RANGES, in a block that the owner lends; without one nothing can be kept, and
 * out-of-order data is dropped, which is legal. All costs are bounded by that number, not by what
 * the peer sends. */
#pragma once

#include "tcpip/tcp/seq.h"

enum { ASSEMBLY_RANGES = 64 };

struct assembly_range {
    uint32_t begin, end;
    uint32_t touched; /* larger: part of it was received more recently */
};

struct assembly_block {
    uint32_t touches;
    struct assembly_range ranges[ASSEMBLY_RANGES]; /* in order, with gaps between them */
};

struct assembly {
    struct assembly_block *block; /* or NULL */
    struct tcp_range duplicate;   /* to be reported once; empty: none */
    uint8_t count;
};

void assembly_init(struct assembly *a);
void assembly_lend_block(struct assembly *a, struct assembly_block *block);
/* Returns the block if there is one and it is empty; else NULL. */
struct assembly_block *assembly_take_block(struct assembly *a);
/* Returns the block, if any, whatever it holds: the connection is over. */
struct assembly_block *assembly_drop(struct assembly *a);

bool assembly_is_empty(const struct assembly *a);
/* Octets held. */
uint32_t assembly_held(const struct assembly *a);

/* Finds the first part of *rest that is not held; *rest becomes what follows it. False: no more
 * parts. The owner copies each part into place, then calls assembly_add for the whole range. */
bool assembly_missing(const struct assembly *a, struct tcp_range *rest, struct tcp_range *part);

/* Adds a range that is not empty, lies beyond RCV.NXT and within the window. False: it cannot be
 * recorded, and counts as not received. What was held already is reported as a duplicate. */
bool assembly_add(struct assembly *a, struct tcp_range range);

/* RCV.NXT has become `next`: returns what it becomes with what is held, and drops the ranges up to
 * there. */
uint32_t assembly_advance(struct assembly *a, uint32_t next);

/* [begin, end) was received before: to be reported with the next SACK (RFC 2883 section 4). */
void assembly_duplicate(struct assembly *a, struct tcp_range range);

/* Writes the blocks for the next ACK: the duplicate if there is one, then the ranges, most recently
 * touched first. Returns how many, at most `max`, and forgets the duplicate. */
size_t assembly_sacks(struct assembly *a, struct tcp_range *out, size_t max);
