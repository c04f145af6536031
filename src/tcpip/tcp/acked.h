/* SPDX-License-Identifier: BSD-2-Clause */
/* What an acceptable acknowledgment means for what was sent: loss recovery, congestion, the path, the owner. */
#pragma once

#include "tcpip/tcp/arrive.h"

/* `may_be_duplicate`: the segment did not change the window. */
void acked_data(struct flow *flow, const struct arrival *a, bool may_be_duplicate);

/* The ACK of our SYN: takes its round trip; nothing else has been sent yet. */
void acked_handshake(struct flow *flow, const struct arrival *a);

/* Traces a change in what is known to be lost. */
void acked_trace_loss(const struct flow *flow, const char *kind);

/* Reports FLOW_ROOM to an owner that found the send buffer full, once a useful part of it is free. */
void acked_tell_room(struct flow *flow);
