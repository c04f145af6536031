/* SPDX-License-Identifier: BSD-2-Clause */
/* Which ways to log in there are at all: what the options want and what can succeed here. */
#pragma once

#include "programs/server/monitor/monitor.h"

/* Whether root may enter that way (PermitRootLogin). */
bool offered_to_root(const struct server_options *options, enum monitor_method method);

/* All that can be tried, as bits 1 << enum monitor_method. */
unsigned offered_methods(const struct server_options *options, const struct monitor_setup *setup);
