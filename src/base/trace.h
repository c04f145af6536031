/* SPDX-License-Identifier: BSD-2-Clause */
/* Trace points: typed facts that machines report about what happens. A fact is an event (a name and a
 * sentence, from the events.def of its layer) with fields. Machines never print; an observer renders
 * or ignores the facts, and adds the time. Without an observer the cost is one branch. */
#pragma once

#include "base/bytes.h"

struct trace_event {
    const char *name;     /* "ssh.ident": what programs match on */
    const char *sentence; /* "The peer introduces itself as {line}." */
};

enum trace_kind {
    TRACE_TEXT,   /* ours, trusted */
    TRACE_PEER,   /* untrusted: every renderer escapes it */
    TRACE_NUMBER, /* unsigned */
    TRACE_SECRET, /* never printed; renderers show only that it exists, and its length */
};

struct trace_field {
    const char *name;
    enum trace_kind kind;
    struct bytes octets; /* TEXT, PEER, SECRET; borrowed for the duration of the call */
    uint64_t number;     /* NUMBER */
};

struct trace {
    void (*observe)(void *context, const struct trace_event *event,
                    const struct trace_field *fields, size_t field_count);
    void *context;
};

/* Reports a fact: TRACE(m->trace, &events_IDENT, trace_peer("line", line)); `t` may be NULL. */
#define TRACE(t, event, ...)                                                   \
    do {                                                                       \
        const struct trace *trace_to = (t);                                    \
        if (trace_to) {                                                        \
            const struct trace_field trace_fields[] = { __VA_ARGS__ };         \
            trace_to->observe(trace_to->context, (event), trace_fields,        \
                              sizeof(trace_fields) / sizeof(trace_fields[0])); \
        }                                                                      \
    } while (0)

struct trace_field trace_text(const char *name, const char *text);
struct trace_field trace_octets(const char *name, struct bytes text); /* ours, with a length */
struct trace_field trace_peer(const char *name, struct bytes octets);
struct trace_field trace_number(const char *name, uint64_t number);
struct trace_field trace_secret(const char *name, struct bytes octets);

/* The field of that name, or NULL. */
const struct trace_field *trace_find(const struct trace_field *fields, size_t field_count,
                                     const char *name);
