/* SPDX-License-Identifier: BSD-2-Clause */
/* The trace events of the stack, one object each; the list is stack_events.def. */
#pragma once

#include "base/trace.h"

#define EVENT(id, name, sentence) extern const struct trace_event stack_events_##id;
#include "tcpip/stack_events.def"
#undef EVENT
