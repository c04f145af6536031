/* SPDX-License-Identifier: BSD-2-Clause */
/* Sequence numbers (RFC 9293 section 3.4): arithmetic modulo 2^32. Of two numbers less than 2^31
 * apart, the one reached first is the earlier. Nothing outside this file subtracts or compares
 * sequence numbers; adding octets to one needs no helper. */
#pragma once

#include "tcpip/wire/tcp_segment.h"

static inline bool seq_before(uint32_t a, uint32_t b)
{
    return a - b > UINT32_MAX / 2;
}

static inline bool seq_after(uint32_t a, uint32_t b)
{
    return seq_before(b, a);
}

/* a <= b */
static inline bool seq_until(uint32_t a, uint32_t b)
{
    return !seq_before(b, a);
}

/* Octets from `from` to `to`, which is not before it. */
static inline uint32_t seq_count(uint32_t from, uint32_t to)
{
    return to - from;
}

static inline uint32_t seq_earlier(uint32_t a, uint32_t b)
{
    return seq_before(a, b) ? a : b;
}

static inline uint32_t seq_later(uint32_t a, uint32_t b)
{
    return seq_before(a, b) ? b : a;
}

/* In [begin, end); never in an empty range. */
static inline bool seq_in(uint32_t seq, uint32_t begin, uint32_t end)
{
    return seq - begin < end - begin;
}

static inline uint32_t seq_range_len(struct tcp_range range)
{
    return seq_count(range.begin, range.end);
}
