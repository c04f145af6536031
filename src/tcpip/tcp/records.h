/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the owner wants segments to end: nothing that he sent later shares one with what he sent before, the first time
 * or again. Only so many ends are kept at a time; what would be one more is none. */
#pragma once

#include "tcpip/tcp/seq.h"

enum { RECORDS_MAX = 16 };

struct records {
    uint32_t ends[RECORDS_MAX]; /* sequence numbers behind each, ascending */
    uint8_t count;
};

void records_add(struct records *r, uint32_t end);
/* Those up to `seq` are acknowledged. */
void records_forget(struct records *r, uint32_t seq);
/* [begin, end) is cut after the first record of it. True: it was, or ends with one. */
bool records_cut(const struct records *r, struct tcp_range *range);
