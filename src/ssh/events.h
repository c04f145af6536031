/* SPDX-License-Identifier: BSD-2-Clause */
/* The trace events of the SSH layer, one object each; the list is events.def. */
#pragma once

#include "base/trace.h"

#define EVENT(id, name, sentence) extern const struct trace_event events_##id;
#include "ssh/events.def"
#undef EVENT
