/* SPDX-License-Identifier: BSD-2-Clause */
/* The SACK blocks of an ACK as a peer sent them: whether the first reports a duplicate (RFC 2883
 * section 4), and which of the others can be true. */
#pragma once

#include "tcpip/tcp/seq.h"

/* The first block lies below the ACK, or within the second. */
bool sack_blocks_has_duplicate(uint32_t ack, const struct tcp_range *sacks, size_t count);

/* The blocks that lie within what is in flight, [begin, end), beyond its first octet, sorted by
 * sequence number. Others are a mistake or an attack. Returns how many. */
size_t sack_blocks_sorted(const struct tcp_range *sacks, size_t count, uint32_t begin, uint32_t end,
                          struct tcp_range out[TCP_SACK_BLOCKS]);
