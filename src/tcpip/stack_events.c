/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/stack_events.h"

#define EVENT(id, name, sentence) const struct trace_event stack_events_##id = { name, sentence };
#include "tcpip/stack_events.def"
#undef EVENT
