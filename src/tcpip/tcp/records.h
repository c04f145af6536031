/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the owner wants segments to end: data sent after such a point never shares a segment with data sent before it,
 * first time or again. At most RECORDS_MAX ends are kept; further ones are ignored. */
#pragma once

#include "tcpip/tcp/seq.h"

enum { RECORDS_MAX = 16 };

struct records {
    uint32_t ends[RECORDS_MAX]; /* sequence numbers just past each record, ascending */
    uint8_t count;
};

void records_add(struct records *r, uint32_t end);
/* Everything up to `seq` is acknowledged. */
void records_forget(struct records *r, uint32_t seq);
/* Cuts the range after its first record. True: it was cut, or ends with a record. */
bool records_cut(const struct records *r, struct tcp_range *range);
