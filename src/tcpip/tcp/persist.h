/* SPDX-License-Identifier: BSD-2-Clause */
/* Probes a closed window (RFC 9293 section 3.8.6.1, MUST-36): first after a retransmission timeout
 * (SHLD-29), then at doubling intervals (SHLD-30) of up to a minute, for as long as the peer
 * answers (MUST-37). The same timer sends data that the sender's SWS avoidance holds back. */
#pragma once

#include "base/instant.h"

enum { PERSIST_MAX_MS = 60 * 1000 };

struct persist {
    struct instant deadline; /* INSTANT_NEVER: the window is open, or there is nothing to send */
    uint8_t probes;          /* probes sent */
};

void persist_init(struct persist *p);
/* The window is closed, nothing is in flight and data waits. Does nothing if the timer already runs. */
void persist_begin(struct persist *p, uint32_t timeout_us, struct instant now);
void persist_end(struct persist *p);

struct instant persist_deadline(const struct persist *p);
/* True: send a probe now. */
bool persist_expire(struct persist *p, uint32_t timeout_us, struct instant now);
