/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/os_events.h"

#define EVENT(id, name, sentence) const struct trace_event os_events_##id = { name, sentence };
#include "os/os_events.def"
#undef EVENT
