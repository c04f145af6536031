/* SPDX-License-Identifier: BSD-2-Clause */
/* One fact, as the text renderers read it. */
#pragma once

#include "base/trace.h"

#include <stdbool.h>

struct fact {
    const char *name; /* the event's */
    const struct trace_field *fields;
    size_t count;
};

bool fact_is(const struct fact *fact, const char *name);

/* 0 if the field is missing or not a number. */
uint64_t fact_number(const struct fact *fact, const char *name);

/* Whether the fact is marked as not the first of its kind: of data, and of room for it, only the first is worth
 * showing. */
bool fact_is_repeated(const struct fact *fact);

/* The field as escaped text, numbers in decimal; empty if it is missing or secret. `is_ascii` also escapes
 * non-ASCII characters: on a terminal with another character set their octets could be control characters. */
void fact_text(const struct fact *fact, const char *name, bool is_ascii, char *out, size_t size);
