/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/flow_offer.h"

struct flow_offer flow_offer_of(const struct tcp_segment *syn, uint8_t ip_version)
{
    const struct tcp_options *options = &syn->options;
    struct flow_offer offer = {
        .initial_received = syn->seq,
        .window = syn->window, /* of a SYN, never scaled (RFC 7323 section 2.2) */
        .ts_recent = options->timestamp,
        .mss = options->has_mss  ? options->mss
               : ip_version == 4 ? FLOW_OFFER_MSS_V4
                                 : FLOW_OFFER_MSS_V6,
        .scale = options->scale > TCP_SCALE_MAX ? TCP_SCALE_MAX : options->scale,
        .has_scale = options->has_scale,
        .has_sack = options->has_sack_permitted,
        .has_timestamps = options->has_timestamps,
    };
    return offer;
}

bool flow_offer_is_acceptable(const struct tcp_segment *syn)
{
    return !syn->options.has_mss || syn->options.mss >= FLOW_OFFER_MSS_LEAST;
}
