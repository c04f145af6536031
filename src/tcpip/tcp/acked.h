/* SPDX-License-Identifier: BSD-2-Clause */
/* What an acceptable acknowledgment means for what was sent: loss recovery, congestion, the path, the owner. */
#pragma once

#include "tcpip/tcp/arrive.h"

/* `may_be_duplicate`: the window has not changed with it. */
void acked_data(struct flow *flow, const struct arrival *a, bool may_be_duplicate);

/* The ACK of our SYN: for the round trip, before there is anything else. */
void acked_handshake(struct flow *flow, const struct arrival *a);

/* States a change of what is known to be lost. */
void acked_trace_loss(const struct flow *flow, const char *kind);

/* Whether the owner, who found the send buffer full, should be told of room: when a part that is worth it is free. */
void acked_tell_room(struct flow *flow);
