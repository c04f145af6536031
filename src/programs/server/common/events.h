/* SPDX-License-Identifier: BSD-2-Clause */
/* The events of the server's log: one table, events.def, of typed fields, and two ways to write an event: as a line in
 * sshd's words, and as a JSON object (docs/log-schema.md). Texts may come from anybody: they are escaped here and
 * nowhere before, and cut so that a line has at most 1,023 octets. */
#pragma once

#include "base/buf.h"
#include "config/option.h"

enum { EVENTS_LINE_MAX = 1023, EVENTS_FIELDS_MAX = 6 };

enum events_id {
#define EVENT(id, name, sender, level, words, fields) EVENTS_##id,
#include "programs/server/common/events.def"
#undef EVENT
    EVENTS_COUNT
};

/* The process that may log the event; ANY: each, about itself. */
enum events_sender { EVENTS_ANY, EVENTS_LISTENER, EVENTS_MONITOR, EVENTS_WORKER, EVENTS_SESSION };

enum events_kind { EVENTS_TEXT, EVENTS_NUMBER, EVENTS_FLAG };

/* A field's value; a text without data is left out. */
struct events_value {
    struct bytes text;
    uint64_t number;
};

/* struct events_of_NAME has the fields of the event, so that the compiler checks them; it is read as an array. */
#define TEXT(name)   struct events_value name;
#define NUMBER(name) struct events_value name;
#define FLAG(name)   struct events_value name;
#define NONE
#define EVENT(id, name, sender, level, words, fields) \
    struct events_of_##id {                           \
        fields struct events_value end;               \
    };
#include "programs/server/common/events.def"
#undef EVENT
#undef NONE
#undef FLAG
#undef NUMBER
#undef TEXT

struct events_row {
    const char *name;
    enum events_sender sender;
    enum option_log_level level;
    const char *words;
    size_t field_count;
    struct {
        const char *name;
        enum events_kind kind;
    } fields[EVENTS_FIELDS_MAX + 1];
};

const struct events_row *events_row(enum events_id id);

struct events_value events_text(const char *text); /* NULL: left out */
struct events_value events_bytes(struct bytes text);
struct events_value events_number(uint64_t number);
struct events_value events_flag(bool flag);

/* The connection that an event is about; peer NULL: no connection. Borrowed. */
struct events_connection {
    const char *peer;
    uint32_t peer_port;
    bool has_user;
    struct bytes user;
    bool is_invalid; /* the user may not log in */
    bool is_preauth;
};

/* When the event was logged, at which level and by which process. */
struct events_stamp {
    enum option_log_level level;
    uint64_t ms; /* since 1970 */
    uint32_t process;
};

/* Append the line, without a newline, to an empty buf of at least EVENTS_LINE_MAX octets. `values` are as many as the
 * event has fields. */
void events_words(enum events_id id, const struct events_value *values,
                  const struct events_connection *connection, struct buf *line);
void events_json(enum events_id id, const struct events_value *values,
                 const struct events_connection *connection, const struct events_stamp *stamp,
                 struct buf *line);
