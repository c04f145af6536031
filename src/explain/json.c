/* SPDX-License-Identifier: BSD-2-Clause */
#include "explain/json.h"

#include "base/buf.h"
#include "base/check.h"
#include "base/escape.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { VALUE_MAX = 8 * 1024 };

struct json {
    struct json_setup setup;
    struct trace trace;
    struct instant start;
};

static json_t *text_value(struct bytes octets)
{
    scoped(buf) safe = BUF_EMPTY(8 * VALUE_MAX);
    enum err err = escape_append(&safe, octets, ESCAPE_LINE, VALUE_MAX);
    CHECK(err == OK);
    struct bytes text = buf_bytes(&safe);
    return json_stringn(text.len ? (const char *)text.data : "", text.len);
}

/* Flags are numbers in the trace and booleans here. */
static bool is_flag(const char *name)
{
    static const char *const flags[] = { "out",      "sealed",     "strict",   "pq",
                                         "is_rekey", "partial",    "first",    "ok",
                                         "follows",  "want_reply", "relative", "host_bound" };
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        if (strcmp(name, flags[i]) == 0)
            return true;
    }
    return false;
}

static json_t *value_of(const struct trace_field *field)
{
    switch (field->kind) {
    case TRACE_TEXT:
    case TRACE_PEER:
        return text_value(field->octets);
    case TRACE_NUMBER:
        return is_flag(field->name) ? json_boolean(field->number != 0)
                                    : json_integer((json_int_t)field->number);
    case TRACE_SECRET:
        return json_pack("{s:b,s:I}", "secret", 1, "len", (json_int_t)field->octets.len);
    }
    return json_null();
}

static void observe(void *context, const struct trace_event *event,
                    const struct trace_field *fields, size_t field_count)
{
    struct json *j = context;
    struct instant now = j->setup.now(j->setup.context);
    json_t *line = json_object();
    json_object_set_new(line, "t_ms", json_real((double)(now.us - j->start.us) / 1000.0));
    json_object_set_new(line, "event", json_string(event->name));
    if (!trace_find(fields, field_count, "src"))
        json_object_set_new(line, "src", json_string("wire"));
    for (size_t i = 0; i < field_count; i++)
        json_object_set_new(line, fields[i].name, value_of(&fields[i]));

    char *text = json_dumps(line, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(10));
    CHECK(text != NULL);
    scoped(buf) whole = BUF_EMPTY(1024 * 1024);
    enum err err = buf_format(&whole, "%s\n", text);
    if (err == OK)
        j->setup.write(j->setup.context, buf_bytes(&whole));
    free(text);
    json_decref(line);
}

struct json *json_new(const struct json_setup *setup)
{
    struct json *j = calloc(1, sizeof(*j));
    CHECK(j != NULL);
    j->setup = *setup;
    j->trace = (struct trace){ observe, j };
    j->start = setup->now(setup->context);
    return j;
}

void json_free(struct json *j)
{
    free(j);
}

const struct trace *json_trace(struct json *j)
{
    return &j->trace;
}
