/* SPDX-License-Identifier: BSD-2-Clause */
/* SYN cookies (RFC 4987 section 3.6): when the table of handshakes is full, what would be kept of a
 * SYN goes into the sequence number of the SYN-ACK: 5 bits of a clock of 64 s, 3 for the MSS, and
 * 24 of a keyed hash over these, the endpoints and the client's sequence number. Window scale, SACK
 * and ECN travel in the lowest bits of our timestamp, if the peer echoes it; the hash covers them.
 * A cookie is valid for one to two minutes; one forged cookie in 2^24 passes, so they are accepted
 * only while the table is, or recently was, full. */
#pragma once

#include "base/instant.h"
#include "base/rng.h"
#include "tcpip/siphash.h"
#include "tcpip/wire/tcp_segment.h"

enum {
    SYN_COOKIE_TIMESTAMP_BITS = 6, /* overwritten in ours, which goes back by less than 64 ms */
    SYN_COOKIE_MSS_LEAST = 536,    /* octets: a peer that takes fewer gets no cookie */
};

struct syn_cookie {
    struct siphash_key key;
};

/* What a cookie keeps. */
struct syn_cookie_offer {
    uint16_t mss; /* rounded down to one of a few; at least SYN_COOKIE_MSS_LEAST */
    bool has_timestamps;
    /* Only with timestamps. */
    bool has_scale, has_sack, has_ecn;
    uint8_t scale;
};

void syn_cookie_init(struct syn_cookie *c, const struct rng *rng);
void syn_cookie_wipe(struct syn_cookie *c);

/* Returns the ISS for the SYN-ACK to a SYN with `irs`. `clock` is our timestamp without a cookie
 * and becomes the TSval to send; without has_timestamps it is not touched. */
uint32_t syn_cookie_make(const struct syn_cookie *c, const struct ip_endpoint *local,
                         const struct ip_endpoint *remote, uint32_t irs,
                         const struct syn_cookie_offer *offer, struct instant now, uint32_t *clock);

/* Whether an ACK with SEG.ACK = iss + 1 and SEG.SEQ = irs + 1 (and our timestamp echoed, unless
 * NULL) answers a cookie of ours; then *offer is what the cookie carried. */
bool syn_cookie_check(const struct syn_cookie *c, const struct ip_endpoint *local,
                      const struct ip_endpoint *remote, uint32_t irs, uint32_t iss,
                      const uint32_t *echo, struct instant now, struct syn_cookie_offer *offer);
