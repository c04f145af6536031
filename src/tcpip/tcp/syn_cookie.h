/* SPDX-License-Identifier: BSD-2-Clause */
/* SYN cookies (RFC 4987 section 3.6): when the table of handshakes is full, what would have been
 * kept of a SYN is in the sequence number of the SYN-ACK: 5 bits of a clock of 64 s, 3 for the
 * MSS, 24 of a keyed hash over these, the endpoints and the client's sequence number. Window
 * scale, SACK and ECN travel in the lowest bits of our timestamp, if the peer echoes it; the hash
 * covers them. A cookie is good for one to two minutes; one in 2^24 forged ones passes, so they
 * are accepted only while the table is or was just full. */
#pragma once

#include "base/instant.h"
#include "base/rng.h"
#include "tcpip/siphash.h"
#include "tcpip/wire/tcp_segment.h"

enum {
    SYN_COOKIE_TIMESTAMP_BITS = 6, /* of ours, overwritten: it goes back by less than 64 ms */
    SYN_COOKIE_MSS_LEAST = 536,    /* octets: whoever takes fewer can have no cookie */
};

struct syn_cookie {
    struct siphash_key key;
};

/* What a cookie keeps. */
struct syn_cookie_offer {
    uint16_t mss; /* the largest of a few that is not above; SYN_COOKIE_MSS_LEAST or more */
    bool has_timestamps;
    /* Only with timestamps. */
    bool has_scale, has_sack, has_ecn;
    uint8_t scale;
};

void syn_cookie_init(struct syn_cookie *c, const struct rng *rng);
void syn_cookie_wipe(struct syn_cookie *c);

/* ISS and TSval for the SYN-ACK to a SYN with `irs`. `clock` is our timestamp without a cookie,
 * and becomes the one to send; it is not touched without has_timestamps. */
uint32_t syn_cookie_make(const struct syn_cookie *c, const struct ip_endpoint *local,
                         const struct ip_endpoint *remote, uint32_t irs,
                         const struct syn_cookie_offer *offer, struct instant now, uint32_t *clock);

/* Whether an ACK with SEG.ACK = iss + 1 and SEG.SEQ = irs + 1 (and, unless NULL, our timestamp
 * echoed) answers a cookie of ours; then *offer is what it keeps. */
bool syn_cookie_check(const struct syn_cookie *c, const struct ip_endpoint *local,
                      const struct ip_endpoint *remote, uint32_t irs, uint32_t iss,
                      const uint32_t *echo, struct instant now, struct syn_cookie_offer *offer);
