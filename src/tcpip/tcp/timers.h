/* SPDX-License-Identifier: BSD-2-Clause */
/* The timers of a flow: one deadline, the earliest of those of its parts. */
#pragma once

#include "tcpip/tcp/flow_internal.h"

struct instant timers_deadline(const struct flow *flow);

/* Does what is due. The flow may no longer exist afterwards. */
void timers_expire(struct flow *flow, struct instant now);
