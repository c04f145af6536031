/* SPDX-License-Identifier: BSD-2-Clause */
/* What the stack states (tcpip/stack_events.def) as records for the owner, who may tell people. */
#pragma once

#include "base/trace.h"
#include "ipc/record.h"

/* False: it is of no kind that is told. Texts are borrowed from the fields. */
bool tcp_fact_record(const struct trace_event *event, const struct trace_field *fields,
                     size_t field_count, struct record *record);
