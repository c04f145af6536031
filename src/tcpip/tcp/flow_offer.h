/* SPDX-License-Identifier: BSD-2-Clause */
/* What two ends agree on in a handshake, wherever it is kept: in a flow, with the pending ones, in a cookie. */
#pragma once

#include "tcpip/tcp/seq.h"

enum {
    FLOW_OFFER_MSS_V4 = 536,  /* MUST-15: of a peer that does not say */
    FLOW_OFFER_MSS_V6 = 1220, /* MUST-15 */
    /* Less costs us more than the peer (CVE-2019-11479) and is refused. A floor of 536 would shut out those that have little
     * memory or a slow link, and to send them more than they take (MUST-16) would not serve them. */
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

/* What a SYN or SYN-ACK of the peer offers; ISS, ECN and ts_offset are the caller's. */
struct flow_offer flow_offer_of(const struct tcp_segment *syn, uint8_t ip_version);

/* Whether a connection can be had with what a SYN or SYN-ACK asks for: otherwise it is answered by a reset. */
bool flow_offer_is_acceptable(const struct tcp_segment *syn);
