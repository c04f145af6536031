/* SPDX-License-Identifier: BSD-2-Clause */
/* A flow at rest: idle for a timeout, when congestion control begins anew anyway (RFC 5681 section 4.1). What only a flow
 * that sends needs is lent to others then; what is kept is the path that was learned: round trip, window, threshold.
 * Forgotten are the epoch of CUBIC, and that something which was repaired may not have been lost: a D-SACK that comes so
 * late is of no use. It wakes by itself (flow_internal.h, flow_work). */
#pragma once

#include "tcpip/tcp/flow_internal.h"

/* When it may come to rest; INSTANT_NEVER: not before something else happens. */
struct instant flow_rest_at(const struct flow *flow);
void flow_rest_begin(struct flow *flow);
/* What waking it would give; it stays at rest. */
void flow_rest_look(const struct flow *flow, struct flow_work *out);
