/* SPDX-License-Identifier: BSD-2-Clause */
/* Classifies a client's first octets: its identification (RFC 4253 section 4.2) and its first packet (section 6),
 * in the clear. It checks only enough to decide whether a machine should read them; what the machine would refuse
 * at this point is refused here in the same way. */
#pragma once

#include "base/bytes.h"

enum {
    OPENING_LINE_MAX = 255,                  /* octets of the identification, with CR LF */
    OPENING_PACKET_MAX = 35000,              /* packet_length of the first packet */
    OPENING_HEAD_MAX = OPENING_LINE_MAX + 6, /* octets that are checked */
};

enum opening {
    OPENING_SILENT,      /* the identification is not complete */
    OPENING_NAMED,       /* it is, but the packet is not */
    OPENING_WHOLE,       /* both are; more may follow */
    OPENING_BAD_LINE,    /* too long or not printable; there is no answer */
    OPENING_BAD_VERSION, /* another version, or not SSH; the answer is OPENING_MISMATCH */
    OPENING_BAD_PACKET,  /* the answer is a DISCONNECT */
};

/* `total` octets have arrived; `head` has them, or the first OPENING_HEAD_MAX of them. */
enum opening opening_of(struct bytes head, size_t total);

#define OPENING_MISMATCH "Protocol mismatch.\r\n"
