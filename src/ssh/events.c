/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/events.h"

#define EVENT(id, name, sentence) const struct trace_event events_##id = { name, sentence };
#include "ssh/events.def"
#undef EVENT
