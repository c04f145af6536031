/* SPDX-License-Identifier: BSD-2-Clause */
/* One fact, as the renderers of text read it. */
#pragma once

#include "base/trace.h"

#include <stdbool.h>

struct fact {
    const char *name; /* the event's */
    const struct trace_field *fields;
    size_t count;
};

bool fact_is(const struct fact *fact, const char *name);

/* 0 for what is missing or no number. */
uint64_t fact_number(const struct fact *fact, const char *name);

/* Whether it says of itself that it is not the first of its kind: only the beginning of data, and of room for
 * it, is news. */
bool fact_is_repeated(const struct fact *fact);

/* As text, escaped, numbers in decimal; empty for what is missing or secret. `is_ascii` also escapes what
 * is not ASCII: on a terminal of another character set its octets could be control characters. */
void fact_text(const struct fact *fact, const char *name, bool is_ascii, char *out, size_t size);
