/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/tcp/tcp_fact.h"

#include <string.h>

enum { TEXT_MAX = 150 }; /* octets of each: three of them fit the record */

struct facts {
    const struct trace_field *fields;
    size_t count;
};

static uint32_t number(const struct facts *f, const char *name)
{
    const struct trace_field *field = trace_find(f->fields, f->count, name);
    return field ? (uint32_t)field->number : 0;
}

static struct bytes text(const struct facts *f, const char *name)
{
    const struct trace_field *field = trace_find(f->fields, f->count, name);
    return field ? bytes_slice(field->octets, 0, TEXT_MAX) : BYTES_NONE;
}

bool tcp_fact_record(const struct trace_event *event, const struct trace_field *fields,
                     size_t field_count, struct record *record)
{
    const struct facts f = { fields, field_count };
    bool is_state = strcmp(event->name, "tcp.state") == 0;
    if (!is_state && strcmp(event->name, "tcp.segment") != 0)
        return false;
    *record = (struct record){
        RECORD_TCP_FACT,
        { is_state, number(&f, "out"), number(&f, "seq"), number(&f, "ack"), number(&f, "window"),
          number(&f, "len") },
        { text(&f, is_state ? "old" : "flags"), text(&f, is_state ? "new" : "options"),
          text(&f, is_state ? "reason" : "why") },
    };
    return true;
}
