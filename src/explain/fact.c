/* SPDX-License-Identifier: BSD-2-Clause */
#include "explain/fact.h"

#include "base/escape.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 1024 };

bool fact_is(const struct fact *fact, const char *name)
{
    return strcmp(fact->name, name) == 0;
}

uint64_t fact_number(const struct fact *fact, const char *name)
{
    const struct trace_field *field = trace_find(fact->fields, fact->count, name);
    return field && field->kind == TRACE_NUMBER ? field->number : 0;
}

bool fact_is_repeated(const struct fact *fact)
{
    return trace_find(fact->fields, fact->count, "first") && !fact_number(fact, "first");
}

static void copy_as_ascii(const char *text, char *out, size_t size)
{
    size_t len = 0;
    for (; *text && len + sizeof("\\xff") <= size; text++) {
        if ((unsigned char)*text < 0x80)
            out[len++] = *text;
        else
            len += (size_t)snprintf(out + len, size - len, "\\x%02x", (unsigned char)*text);
    }
    out[len] = 0;
}

void fact_text(const struct fact *fact, const char *name, bool is_ascii, char *out, size_t size)
{
    const struct trace_field *field = trace_find(fact->fields, fact->count, name);
    char text[TEXT_MAX];
    out[0] = 0;
    if (!field || field->kind == TRACE_SECRET)
        return;
    if (field->kind == TRACE_NUMBER)
        (void)snprintf(out, size, "%llu", (unsigned long long)field->number);
    else if (is_ascii)
        copy_as_ascii(escape_text(field->octets, text, sizeof(text)), out, size);
    else
        (void)escape_text(field->octets, out, size);
}
