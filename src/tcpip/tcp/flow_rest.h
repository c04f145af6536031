/* SPDX-License-Identifier: BSD-2-Clause */
/* A flow at rest: idle for a timeout, when congestion control starts over anyway (RFC 5681 section 4.1). What only a
 * sending flow needs is then lent to others; what was learned about the path is kept: round trip, window, threshold.
 * Forgotten are CUBIC's epoch, and that a repaired loss may have been none: a D-SACK that late is of no use. The flow
 * wakes by itself (flow_internal.h, flow_work). */
#pragma once

#include "tcpip/tcp/flow_internal.h"

/* When it may come to rest; INSTANT_NEVER: not before something else happens. */
struct instant flow_rest_at(const struct flow *flow);
void flow_rest_begin(struct flow *flow);
/* Writes what waking it would give; the flow stays at rest. */
void flow_rest_look(const struct flow *flow, struct flow_work *out);
