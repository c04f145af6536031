/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes records for the owner, which may show them, of what the stack states (tcpip/stack_events.def). */
#pragma once

#include "base/trace.h"
#include "ipc/record.h"

/* False: the owner does not get facts of this kind. Texts are borrowed from the fields. */
bool tcp_fact_record(const struct trace_event *event, const struct trace_field *fields,
                     size_t field_count, struct record *record);
