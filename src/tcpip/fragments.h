/* SPDX-License-Identifier: BSD-2-Clause */
/* Datagrams that come in fragments, put together again (RFC 791 section 3.2, RFC 8200 section 4.5). A few at a time, each for
 * a while, in memory that is there from the beginning: a flood of fragments costs nothing but other fragments. A
 * datagram whose fragments overlap is dropped (RFC 5722). */
#pragma once

#include "base/instant.h"
#include "tcpip/wire/ip_header.h"

enum {
    FRAGMENTS_DATAGRAMS = 4,
    FRAGMENTS_PIECES = 64,    /* of one datagram */
    FRAGMENTS_MS = 60 * 1000, /* RFC 1122 section 3.3.2, RFC 8200 section 4.5 */
    FRAGMENTS_QUOTE = 1232, /* of the first fragment, for an error of ICMP: as much as one takes */
    FRAGMENTS_LEN_MAX = 65535,
};

struct fragments_datagram {
    struct ip_address source, destination;
    uint32_t identification;
    uint8_t protocol, piece_count;
    bool is_used, is_dropped; /* what else comes of it is dropped, too */
    enum ip_ecn ecn;
    uint32_t len;      /* of the whole, once the last piece is there; else 0 */
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

/* Takes a fragment, whose packet is `packet`. True: it was the last that was missing, and *ip is the header of the whole
 * datagram, whose payload is borrowed until the next call. */
bool fragments_add(struct fragments *f, struct ip_header *ip, struct bytes packet,
                   struct instant now);

/* When a datagram is given up whose sender is to hear of it, as its first fragment has come; INSTANT_NEVER: there is none. */
struct instant fragments_deadline(const struct fragments *f);
/* Gives up one whose time is over: the beginning of its first packet, borrowed until the next call. False: there is none. */
bool fragments_expire(struct fragments *f, struct instant now, struct bytes *quote);
