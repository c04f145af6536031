/* SPDX-License-Identifier: BSD-2-Clause */
/* The trace events about the network below SSH, one object each; the list is os_events.def. */
#pragma once

#include "base/trace.h"

#define EVENT(id, name, sentence) extern const struct trace_event os_events_##id;
#include "os/os_events.def"
#undef EVENT
