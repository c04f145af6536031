/* SPDX-License-Identifier: BSD-2-Clause */
#include "trust/key_options.h"

#include "base/address.h"
#include "base/host_port.h"
#include "base/limits.h"
#include "base/pattern.h"
#include "trust/expiry_time.h"

#include <string.h>
#include <strings.h>

enum { ENVIRONMENT_MAX = 1024, TUNNEL_MAX = 0x7ffffffd };

static struct key_options_text none_given(void)
{
    return (struct key_options_text){ .text = BUF_EMPTY(LIMIT_LINE) };
}

void key_options_init(struct key_options *options)
{
    *options = (struct key_options){
        .permissions = KEY_OPTIONS_USUAL,
        .command = none_given(),
        .from = none_given(),
        .principals = none_given(),
        .environment = none_given(),
        .permit_open = none_given(),
        .permit_listen = none_given(),
        .tunnel = none_given(),
        .expires_at = INT64_MAX,
        .expires_at_local = INT64_MAX,
    };
}

void key_options_wipe(struct key_options *options)
{
    struct key_options_text *const texts[] = {
        &options->command,     &options->from,          &options->principals, &options->environment,
        &options->permit_open, &options->permit_listen, &options->tunnel,
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        buf_wipe(&texts[i]->text);
    *options = (struct key_options){ 0 };
}

bool key_options_split(struct bytes *line, struct bytes *text)
{
    bool is_quoted = false;
    size_t at = 0;
    for (; at < line->len; at++) {
        uint8_t c = line->data[at];
        if (!is_quoted && (c == ' ' || c == '\t'))
            break;
        if (c == '\\' && bytes_starts(bytes_skip(*line, at + 1), "\""))
            at++;
        else if (c == '"')
            is_quoted = !is_quoted;
    }
    if (is_quoted)
        return false;
    *text = bytes_slice(*line, 0, at);
    *line = bytes_trim(bytes_skip(*line, at));
    return true;
}

/* ---- values ---- */

static enum err set_once(struct key_options_text *to, struct bytes value)
{
    if (to->is_given)
        return ERR_BAD_VALUE;
    to->is_given = true;
    return buf_append(&to->text, value);
}

static enum err add_to_list(struct key_options_text *to, struct bytes value)
{
    to->is_given = true;
    TRY(buf_append(&to->text, value));
    return buf_append(&to->text, bytes_of("", 1));
}

static enum err take_command(struct key_options *options, struct bytes value)
{
    return set_once(&options->command, value);
}

static enum err take_from(struct key_options *options, struct bytes value)
{
    return set_once(&options->from, value);
}

static enum err take_principals(struct key_options *options, struct bytes value)
{
    return set_once(&options->principals, value);
}

static enum err take_tunnel(struct key_options *options, struct bytes value)
{
    uint64_t number;
    if (!bytes_is(value, "any") && !bytes_to_number(value, TUNNEL_MAX, &number))
        return ERR_BAD_VALUE;
    return set_once(&options->tunnel, value);
}

static enum err take_expiry_time(struct key_options *options, struct bytes value)
{
    int64_t at;
    bool is_utc;
    TRY(expiry_time_parse(value, &at, &is_utc));
    int64_t *earliest = is_utc ? &options->expires_at : &options->expires_at_local;
    if (at < *earliest)
        *earliest = at;
    return OK;
}

static bool is_variable_name(struct bytes name)
{
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.data[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!is_letter && !(c >= '0' && c <= '9'))
            return false;
    }
    return name.len > 0;
}

static enum err take_environment(struct key_options *options, struct bytes value)
{
    struct bytes rest = value, name = bytes_cut(&rest, '=');
    if (name.len == value.len || !is_variable_name(name))
        return ERR_BAD_VALUE;
    size_t count = 0;
    for (struct bytes list = buf_bytes(&options->environment.text); list.len; count++) {
        struct bytes other = bytes_cut(&list, 0);
        if (bytes_equal(bytes_cut(&other, '='), name))
            return OK;
    }
    return count < ENVIRONMENT_MAX ? add_to_list(&options->environment, value) : ERR_BAD_VALUE;
}

static enum err take_permit_open(struct key_options *options, struct bytes value)
{
    struct host_port at;
    return host_port_parse(value, true, &at) ? add_to_list(&options->permit_open, value)
                                             : ERR_BAD_VALUE;
}

static enum err take_permit_listen(struct key_options *options, struct bytes value)
{
    struct host_port at;
    return host_port_parse(value, false, &at) ? add_to_list(&options->permit_listen, value)
                                              : ERR_BAD_VALUE;
}

/* ---- words ---- */

static void take_restrict(struct key_options *options)
{
    options->permissions &= ~(unsigned)KEY_OPTIONS_RESTRICTED;
}

static void take_authority(struct key_options *options)
{
    options->is_authority = true;
}

/* ---- by name ---- */

/* Each row is of one of these kinds. */
static const struct row {
    const char *name;
    enum err (*take_value)(struct key_options *options, struct bytes value);
    void (*take_word)(struct key_options *options);
    unsigned permission;
    bool grants; /* whether the flag gives the permission; after "no-" it does the opposite */
} rows[] = {
#define FLAG(word, right, gives, help)       { .name = (word), .permission = (right), .grants = (gives) },
#define WORD(word, take, help)               { .name = (word), .take_word = (take) },
#define VALUE(word, take, placeholder, help) { .name = (word), .take_value = (take) },
#include "trust/key_options.def"
#undef FLAG
#undef WORD
#undef VALUE
};

static const struct row *find(struct bytes name)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (name.len == strlen(rows[i].name) &&
            strncasecmp((const char *)name.data, rows[i].name, name.len) == 0)
            return &rows[i];
    return NULL;
}

static enum err take_value(struct key_options *options, struct bytes name, struct bytes value)
{
    const struct row *row = find(name);
    return row && row->take_value ? row->take_value(options, value) : ERR_BAD_VALUE;
}

static bool is_negated(struct bytes name)
{
    return name.len > 3 && strncasecmp((const char *)name.data, "no-", 3) == 0;
}

static enum err take_flag(struct key_options *options, struct bytes name)
{
    bool is_no = is_negated(name);
    const struct row *row = find(bytes_skip(name, is_no ? 3 : 0));
    if (!row || row->take_value || (row->take_word && is_no))
        return ERR_BAD_VALUE;
    if (row->take_word)
        row->take_word(options);
    else if (row->grants != is_no)
        options->permissions |= row->permission;
    else
        options->permissions &= ~row->permission;
    return OK;
}

/* ---- the list ---- */

/* Takes a quoted text; within it, \" stands for a quote and every other backslash for itself. */
static enum err unquote(struct bytes *text, struct buf *out)
{
    if (!bytes_starts(*text, "\""))
        return ERR_BAD_VALUE;
    for (*text = bytes_skip(*text, 1); text->len; *text = bytes_skip(*text, 1)) {
        if (bytes_starts(*text, "\"")) {
            *text = bytes_skip(*text, 1);
            return OK;
        }
        if (bytes_starts(*text, "\\\""))
            *text = bytes_skip(*text, 1);
        TRY(buf_append(out, bytes_slice(*text, 0, 1)));
    }
    return ERR_BAD_VALUE;
}

static enum err parse_one(struct key_options *options, struct bytes *text)
{
    size_t equals = bytes_find(*text, '='), comma = bytes_find(*text, ',');
    struct bytes name = bytes_slice(*text, 0, equals < comma ? equals : comma);
    *text = bytes_skip(*text, name.len);
    if (!bytes_starts(*text, "="))
        return take_flag(options, name);

    scoped(buf) value = BUF_EMPTY(LIMIT_LINE);
    *text = bytes_skip(*text, 1);
    TRY(unquote(text, &value));
    return take_value(options, name, buf_bytes(&value));
}

enum err key_options_parse(struct key_options *options, struct bytes text)
{
    if (bytes_find(text, 0) < text.len) /* a NUL ends the texts of the lists */
        return ERR_BAD_VALUE;
    TRY(parse_one(options, &text));
    while (text.len) {
        if (!bytes_starts(text, ","))
            return ERR_BAD_VALUE;
        text = bytes_skip(text, 1);
        TRY(parse_one(options, &text));
    }
    return options->principals.is_given && !options->is_authority ? ERR_BAD_VALUE : OK;
}

/* ---- judgement ---- */

static bool is_from(struct bytes list, const struct key_options_circumstances *at)
{
    enum pattern_verdict address = address_list(at->address, list);
    enum pattern_verdict name =
        at->host_name.len ? pattern_list_host(at->host_name, list) : PATTERN_NO_MATCH;
    if (address == PATTERN_REFUSED || name == PATTERN_REFUSED)
        return false;
    return address == PATTERN_MATCH || name == PATTERN_MATCH;
}

const char *key_options_refusal(const struct key_options *options,
                                const struct key_options_circumstances *circumstances)
{
    if (options->from.is_given && !is_from(buf_bytes(&options->from.text), circumstances))
        return "its from= does not have the client's address";
    if (circumstances->now > options->expires_at ||
        circumstances->now + circumstances->utc_offset > options->expires_at_local)
        return "its expiry-time has passed";
    return NULL;
}
