/* SPDX-License-Identifier: BSD-2-Clause */
/* What two ends agree on in a handshake, wherever it is kept: in a flow, a pending handshake or a cookie. */
#pragma once

#include "tcpip/tcp/seq.h"

enum {
    FLOW_OFFER_MSS_V4 = 536,  /* MUST-15: for a peer that sends none */
    FLOW_OFFER_MSS_V6 = 1220, /* MUST-15 */
    /* A smaller MSS costs us more than the peer (CVE-2019-11479) and is refused. A floor of 536 would shut out hosts
     * with little memory or a slow link, and sending them more than they take (MUST-16) would not help them. */
    FLOW_OFFER_MSS_LEAST = 48,
};

struct flow_offer {
    uint32_t initial_sent, initial_received; /* ISS, IRS */
    uint32_t window;                         /* of the peer's SYN, octets */
    uint32_t ts_recent, ts_offset;
    uint16_t mss;
    uint8_t scale; /* of the peer */
    bool has_scale, has_sack, has_timestamps, has_ecn;
};

/* What the peer's SYN or SYN-ACK offers; the caller fills in ISS, ECN and ts_offset. */
struct flow_offer flow_offer_of(const struct tcp_segment *syn, uint8_t ip_version);

/* Whether the MSS that a SYN or SYN-ACK asks for is acceptable; if not, it is answered by a reset. */
bool flow_offer_is_acceptable(const struct tcp_segment *syn);
