/* SPDX-License-Identifier: BSD-2-Clause */
/* Reassembles fragmented datagrams (RFC 791 section 3.2, RFC 8200 section 4.5): a few at a time, each for a limited
 * time, in memory allocated at the start, so a flood of fragments hurts only other fragments. A datagram with
 * overlapping fragments is dropped (RFC 5722). */
#pragma once

#include "base/instant.h"
#include "tcpip/wire/ip_header.h"

enum {
    FRAGMENTS_DATAGRAMS = 4,
    FRAGMENTS_PIECES = 64,    /* of one datagram */
    FRAGMENTS_MS = 60 * 1000, /* RFC 1122 section 3.3.2, RFC 8200 section 4.5 */
    FRAGMENTS_QUOTE = 1232,   /* of the first fragment: as much as an ICMP error can quote */
    FRAGMENTS_LEN_MAX = 65535,
};

struct fragments_datagram {
    struct ip_address source, destination;
    uint32_t identification;
    uint8_t protocol, piece_count;
    bool is_used, is_dropped; /* further fragments of it are dropped too */
    enum ip_ecn ecn;
    uint32_t len;      /* of the whole; 0 until the last piece has come */
    uint32_t received; /* octets */
    struct instant ends_at;
    struct {
        uint16_t begin, len;
    } pieces[FRAGMENTS_PIECES];
    uint16_t quote_len; /* 0: the first fragment has not come */
    uint8_t quote[FRAGMENTS_QUOTE];
};

struct fragments {
    struct fragments_datagram datagrams[FRAGMENTS_DATAGRAMS];
    uint8_t *octets;
};

/* False: there is not enough memory. */
bool fragments_init(struct fragments *f);
void fragments_wipe(struct fragments *f);

/* Takes a fragment and its whole packet. True: it completed the datagram, and *ip is the header of the whole datagram,
 * whose payload is borrowed until the next call. */
bool fragments_add(struct fragments *f, struct ip_header *ip, struct bytes packet,
                   struct instant now);

/* When the next datagram expires whose sender must be notified, because its first fragment has come; or
 * INSTANT_NEVER. */
struct instant fragments_deadline(const struct fragments *f);
/* Drops one such datagram that has expired and returns the start of its first packet, borrowed until the next call.
 * False: none has. */
bool fragments_expire(struct fragments *f, struct instant now, struct bytes *quote);
