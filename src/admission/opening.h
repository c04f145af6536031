/* SPDX-License-Identifier: BSD-2-Clause */
/* What a client's first octets are: its identification (RFC 4253 section 4.2) and its first packet (section 6),
 * in the clear. Only as much is looked at as tells whether a machine shall read them; what that one would refuse
 * in this place is refused here in the same way. */
#pragma once

#include "base/bytes.h"

enum {
    OPENING_LINE_MAX = 255,                  /* octets of the identification, with CR LF */
    OPENING_PACKET_MAX = 35000,              /* packet_length of the first packet */
    OPENING_HEAD_MAX = OPENING_LINE_MAX + 6, /* octets that are looked at */
};

enum opening {
    OPENING_SILENT,      /* the identification is not complete */
    OPENING_NAMED,       /* it is, the packet is not */
    OPENING_WHOLE,       /* both are; others may follow */
    OPENING_BAD_LINE,    /* no identification; it gets no answer */
    OPENING_BAD_VERSION, /* the answer is OPENING_MISMATCH */
    OPENING_BAD_PACKET,  /* the answer is a DISCONNECT */
};

/* Of `total` octets that have come; `head` has them, or the first OPENING_HEAD_MAX. */
enum opening opening_of(struct bytes head, size_t total);

#define OPENING_MISMATCH "Protocol mismatch.\r\n"
