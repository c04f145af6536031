/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/common/events.h"

#include "base/check.h"
#include "base/escape.h"

#include <string.h>
#include <time.h>

/* The most of one text; less if the line would get too long. */
enum { TEXT_MAX = 512, CONNECTION_FIELDS = 5, WHOLE_MAX = 64 * 1024 };

#define USER    "{invalid?invalid user }{user}"
#define FROM    "from {peer} port {peer_port}"
#define PREAUTH "{preauth? [preauth]}"
#define WHO                                                                                 \
    "{user?{preauth?{!invalid?authenticating }}{invalid?invalid }user {user} }{peer} port " \
    "{peer_port}"

static const struct events_row rows[EVENTS_COUNT] = {
#define TEXT(name)   { #name, EVENTS_TEXT },
#define NUMBER(name) { #name, EVENTS_NUMBER },
#define FLAG(name)   { #name, EVENTS_FLAG },
#define NONE
#define EVENT(id, name, sender, level, words, fields)                                  \
    [EVENTS_##id] = { name,                                                            \
                      EVENTS_##sender,                                                 \
                      OPTION_LOG_##level,                                              \
                      words,                                                           \
                      sizeof(struct events_of_##id) / sizeof(struct events_value) - 1, \
                      { fields } },
#include "programs/server/common/events.def"
#undef EVENT
#undef NONE
#undef FLAG
#undef NUMBER
#undef TEXT
};

const struct events_row *events_row(enum events_id id)
{
    CHECK(id < EVENTS_COUNT);
    return &rows[id];
}

struct events_value events_text(const char *text)
{
    return (struct events_value){ .text = bytes_text(text) };
}

struct events_value events_bytes(struct bytes text)
{
    return (struct events_value){ .text = text };
}

struct events_value events_number(uint64_t number)
{
    return (struct events_value){ .number = number };
}

struct events_value events_flag(bool flag)
{
    return (struct events_value){ .number = flag };
}

/* ---- what an event has, by name ---- */

struct field {
    const char *name;
    enum events_kind kind;
    struct events_value value;
    bool is_given;
};

struct facts {
    struct field fields[CONNECTION_FIELDS + EVENTS_FIELDS_MAX];
    size_t count;
};

static void add(struct facts *facts, struct field field)
{
    facts->fields[facts->count++] = field;
}

static struct facts facts_of(enum events_id id, const struct events_value *values,
                             const struct events_connection *c)
{
    struct facts facts = { .count = 0 };
    if (c->peer && rows[id].sender != EVENTS_LISTENER) {
        add(&facts, (struct field){ "peer", EVENTS_TEXT, events_text(c->peer), true });
        add(&facts,
            (struct field){ "peer_port", EVENTS_NUMBER, events_number(c->peer_port), true });
        add(&facts, (struct field){ "user", EVENTS_TEXT, events_bytes(c->user), c->has_user });
        add(&facts,
            (struct field){ "invalid", EVENTS_FLAG, events_flag(c->is_invalid), c->has_user });
        add(&facts, (struct field){ "preauth", EVENTS_FLAG, events_flag(c->is_preauth), true });
    }
    for (size_t i = 0; i < rows[id].field_count; i++) {
        bool is_given = rows[id].fields[i].kind != EVENTS_TEXT || values[i].text.data != NULL;
        add(&facts, (struct field){ rows[id].fields[i].name, rows[id].fields[i].kind, values[i],
                                    is_given });
    }
    return facts;
}

static const struct field *find(const struct facts *facts, struct bytes name)
{
    for (size_t i = 0; i < facts->count; i++)
        if (bytes_is(name, facts->fields[i].name))
            return &facts->fields[i];
    return NULL;
}

/* ---- in words ---- */

static bool holds(const struct field *field)
{
    return field && field->is_given && (field->kind == EVENTS_TEXT || field->value.number != 0);
}

static enum err write_field(const struct field *field, size_t max, struct buf *out)
{
    if (!field || !field->is_given)
        return OK;
    if (field->kind == EVENTS_TEXT)
        return escape_append(out, field->value.text, ESCAPE_LINE, max);
    return buf_format(out, "%llu", (unsigned long long)field->value.number);
}

/* The position of the brace that closes the one opened before the text. */
static size_t closing(struct bytes text)
{
    size_t depth = 1, i = 0;
    for (; i < text.len; i++) {
        depth += text.data[i] == '{';
        depth -= text.data[i] == '}';
        if (depth == 0)
            break;
    }
    CHECK(i < text.len);
    return i;
}

static enum err write_words(struct bytes words, const struct facts *facts, size_t max,
                            struct buf *out)
{
    while (words.len > 0) {
        size_t plain = bytes_find(words, '{');
        TRY(buf_append(out, bytes_slice(words, 0, plain)));
        if (plain == words.len)
            return OK;
        words = bytes_skip(words, plain + 1);
        size_t end = closing(words);
        struct bytes inner = bytes_slice(words, 0, end);
        bool negated = bytes_starts(inner, "!");
        size_t question = bytes_find(inner, '?');
        struct bytes name = bytes_slice(inner, negated, question - negated);
        const struct field *field = find(facts, name);
        if (question == inner.len)
            TRY(write_field(field, max, out));
        else if (holds(field) != negated)
            TRY(write_words(bytes_skip(inner, question + 1), facts, max, out));
        words = bytes_skip(words, end + 1);
    }
    return OK;
}

/* ---- as JSON ---- */

/* Escaped text is printable UTF-8: only two characters need care. */
static enum err write_string(struct bytes text, size_t max, struct buf *out)
{
    scoped(buf) safe = BUF_EMPTY(WHOLE_MAX);
    TRY(escape_append(&safe, text, ESCAPE_LINE, max));
    struct bytes rest = buf_bytes(&safe);
    TRY(buf_append_text(out, "\""));
    for (size_t i = 0; i < rest.len; i++) {
        if (rest.data[i] == '"' || rest.data[i] == '\\')
            TRY(buf_append_text(out, "\\"));
        TRY(buf_append(out, bytes_slice(rest, i, 1)));
    }
    return buf_append_text(out, "\"");
}

static enum err write_member(const struct field *field, size_t max, struct buf *out)
{
    TRY(buf_format(out, ",\"%s\":", field->name));
    if (field->kind == EVENTS_TEXT)
        return write_string(field->value.text, max, out);
    if (field->kind == EVENTS_FLAG)
        return buf_append_text(out, field->value.number ? "true" : "false");
    return write_field(field, max, out);
}

static const char *level_name(enum option_log_level level)
{
    static const char *const names[] = {
        [OPTION_LOG_QUIET] = "quiet",     [OPTION_LOG_FATAL] = "fatal",
        [OPTION_LOG_ERROR] = "error",     [OPTION_LOG_INFO] = "info",
        [OPTION_LOG_VERBOSE] = "verbose", [OPTION_LOG_DEBUG1] = "debug1",
        [OPTION_LOG_DEBUG2] = "debug2",   [OPTION_LOG_DEBUG3] = "debug3",
    };
    return names[level];
}

static enum err write_object(enum events_id id, const struct facts *facts,
                             const struct events_stamp *stamp, size_t max, struct buf *out)
{
    time_t seconds = (time_t)(stamp->ms / 1000);
    struct tm utc = { 0 };
    char when[32] = "";
    (void)gmtime_r(&seconds, &utc);
    (void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &utc);
    TRY(buf_format(out, "{\"time\":\"%s.%03uZ\",\"event\":\"%s\",\"level\":\"%s\",\"pid\":%u", when,
                   (unsigned)(stamp->ms % 1000), rows[id].name, level_name(stamp->level),
                   stamp->process));
    for (size_t i = 0; i < facts->count; i++)
        if (facts->fields[i].is_given)
            TRY(write_member(&facts->fields[i], max, out));
    return buf_append_text(out, "}");
}

/* ---- both ---- */

static void write_short(enum events_id id, const struct facts *facts,
                        const struct events_stamp *stamp, struct buf *line)
{
    for (size_t max = TEXT_MAX;; max /= 2) {
        scoped(buf) whole = BUF_EMPTY(WHOLE_MAX);
        enum err err = stamp ? write_object(id, facts, stamp, max, &whole)
                             : write_words(bytes_text(rows[id].words), facts, max, &whole);
        CHECK(err == OK && max > 0);
        if (buf_len(&whole) > EVENTS_LINE_MAX)
            continue;
        err = buf_append(line, buf_bytes(&whole));
        CHECK(err == OK);
        return;
    }
}

void events_words(enum events_id id, const struct events_value *values,
                  const struct events_connection *connection, struct buf *line)
{
    const struct facts facts = facts_of(id, values, connection);
    write_short(id, &facts, NULL, line);
}

void events_json(enum events_id id, const struct events_value *values,
                 const struct events_connection *connection, const struct events_stamp *stamp,
                 struct buf *line)
{
    const struct facts facts = facts_of(id, values, connection);
    write_short(id, &facts, stamp, line);
}
