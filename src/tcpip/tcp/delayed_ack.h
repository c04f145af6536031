/* SPDX-License-Identifier: BSD-2-Clause */
/* When to acknowledge (RFC 9293 section 3.8.6.3, RFC 5681 section 4.2): at once for every second
 * full segment (SHLD-19) and for data that is out of order, fills a gap or was received before;
 * else within 40 ms (MUST-40: 500). The first DELAYED_ACK_QUICK segments are acknowledged at once,
 * since a peer in slow start waits for that. */
#pragma once

#include "base/instant.h"

enum { DELAYED_ACK_MS = 40, DELAYED_ACK_QUICK = 16 };

struct delayed_ack {
    struct instant deadline; /* INSTANT_NEVER: nothing is owed */
    uint32_t owed;           /* octets received in order and not acknowledged */
    uint8_t quick;           /* segments still to acknowledge at once */
    bool is_due;
};

void delayed_ack_init(struct delayed_ack *d);

/* `len` octets came in order. `mss`: the most that the peer's segments carry. */
void delayed_ack_received(struct delayed_ack *d, uint32_t len, uint16_t mss, struct instant now);
/* Anything else to acknowledge at once: out of order, a gap filled, a duplicate, FIN, not
 * acceptable. */
void delayed_ack_demand(struct delayed_ack *d);
/* Out-of-order data or a long silence: the next DELAYED_ACK_QUICK are acknowledged at once. */
void delayed_ack_hurry(struct delayed_ack *d);
/* A segment with ACK was sent. */
void delayed_ack_sent(struct delayed_ack *d);

/* Whether an ACK must be sent now, with data or without. */
bool delayed_ack_is_due(const struct delayed_ack *d, struct instant now);
struct instant delayed_ack_deadline(const struct delayed_ack *d);
