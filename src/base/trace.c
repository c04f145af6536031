/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/trace.h"

#include <string.h>

struct trace_field trace_text(const char *name, const char *text)
{
    return (struct trace_field){ .name = name, .kind = TRACE_TEXT, .octets = bytes_text(text) };
}

struct trace_field trace_octets(const char *name, struct bytes text)
{
    return (struct trace_field){ .name = name, .kind = TRACE_TEXT, .octets = text };
}

struct trace_field trace_peer(const char *name, struct bytes octets)
{
    return (struct trace_field){ .name = name, .kind = TRACE_PEER, .octets = octets };
}

struct trace_field trace_number(const char *name, uint64_t number)
{
    return (struct trace_field){ .name = name, .kind = TRACE_NUMBER, .number = number };
}

struct trace_field trace_secret(const char *name, struct bytes octets)
{
    return (struct trace_field){ .name = name, .kind = TRACE_SECRET, .octets = octets };
}

const struct trace_field *trace_find(const struct trace_field *fields, size_t field_count,
                                     const char *name)
{
    for (size_t i = 0; i < field_count; i++) {
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    }
    return NULL;
}
