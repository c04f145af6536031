/* SPDX-License-Identifier: BSD-2-Clause */
/* Which methods can be used to log in at all: those that the options want and that can succeed here. */
#pragma once

#include "programs/server/monitor/monitor.h"

/* Whether root may log in by that method (PermitRootLogin). */
bool offered_to_root(const struct server_options *options, enum monitor_method method);

/* All methods that can be tried, as bits 1 << enum monitor_method. */
unsigned offered_methods(const struct server_options *options, const struct monitor_setup *setup);
