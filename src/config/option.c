/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/option.h"

#include "base/check.h"
#include "base/limits.h"
#include "base/pattern.h"
#include "config/option_value.h"
#include "config/words.h"

#include <string.h>

/* A line being parsed. */
struct input {
    const struct option_row *row;
    struct text_store *store; /* NULL: the value is only checked */
    const struct place *place;
    struct bytes line; /* what follows the keyword */
    struct bytes rest; /* the part of it after the word */
    struct buf word;
};

struct option_name option_name(struct bytes keyword)
{
    struct option_name name;
    (void)bytes_to_text(bytes_slice(keyword, 0, sizeof(name.text) - 1), name.text,
                        sizeof(name.text));
    for (char *c = name.text; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 'a' - 'A' : *c);
    return name;
}

static struct option_name name_of(const struct input *in)
{
    return option_name(bytes_text(in->row->keyword));
}

static const char *keep(const struct input *in, struct bytes text)
{
    return in->store ? text_store_keep(in->store, text) : "";
}

/* The quotes were checked for the whole line. */
static bool more(struct input *in)
{
    return words_next(&in->rest, &in->word) == WORDS_WORD;
}

static struct bytes word(const struct input *in)
{
    return buf_bytes(&in->word);
}

static bool word_is(const struct input *in, const char *text)
{
    return option_value_is(word(in), text);
}

static enum err parse_one_of(struct input *in, const struct option_choice *choices, int *number)
{
    if (option_value_choice(choices, word(in), number))
        return OK;
    return choices == option_value_log_levels
               ? place_report(in->place, "unsupported log level '%s'", place_quote(word(in)).text)
               : place_report(in->place, "unsupported option \"%s\".", place_quote(word(in)).text);
}

static enum err parse_choice(struct input *in, union option_field *value)
{
    return parse_one_of(in, in->row->choices, &value->number);
}

static enum err parse_flag(struct input *in, union option_field *value)
{
    int number = 0;
    TRY(parse_one_of(in, option_value_flags, &number));
    value->flag = number != 0;
    return OK;
}

static enum err parse_number(struct input *in, union option_field *value)
{
    const struct option_row *row = in->row;
    bool is_negative = bytes_starts(word(in), "-");
    uint64_t size = 0;
    value->number = -1;
    if (row->min < 0 && word_is(in, "none"))
        return OK;
    if (!bytes_to_number(bytes_skip(word(in), is_negative), UINT64_MAX, &size))
        return place_report(in->place, "integer value invalid.");
    if ((is_negative && size > 0) || (row->min > 0 && size < (uint64_t)row->min))
        return place_report(in->place, "integer value too small.");
    if (size > (uint64_t)row->max)
        return place_report(in->place, "integer value too large.");
    value->number = (int)size;
    return OK;
}

static enum err parse_port(struct input *in, union option_field *value)
{
    if (option_value_port(word(in), &value->number))
        return OK;
    return place_report(in->place, "Bad port '%s'.", place_quote(word(in)).text);
}

static enum err parse_seconds(struct input *in, union option_field *value)
{
    value->number = -1;
    if ((in->row->min < 0 && word_is(in, "none")) || option_value_seconds(word(in), &value->number))
        return OK;
    return place_report(in->place, "invalid time value.");
}

static enum err parse_rekey(struct input *in, union option_field *value)
{
    struct option_rekey *rekey = &value->rekey;
    *rekey = (struct option_rekey){ 0, 0 };
    if (!word_is(in, "default") && !option_value_size(word(in), &rekey->octets))
        return place_report(in->place, "Bad number '%s': Invalid argument",
                            place_quote(word(in)).text);
    if (rekey->octets > 0 && rekey->octets < OPTION_VALUE_REKEY_MIN)
        return place_report(in->place, "RekeyLimit too small");
    if (!more(in) || word_is(in, "none"))
        return OK;
    int seconds = 0;
    if (!option_value_seconds(word(in), &seconds))
        return place_report(in->place, "invalid time value.");
    rekey->seconds = (uint32_t)seconds;
    return OK;
}

static enum err parse_service(struct input *in, int *service)
{
    if (option_value_service(word(in), service))
        return OK;
    return place_report(in->place, "Bad IPQoS value: %s", place_quote(word(in)).text);
}

static enum err parse_ipqos(struct input *in, union option_field *value)
{
    struct option_ipqos *ipqos = &value->ipqos;
    TRY(parse_service(in, &ipqos->interactive));
    ipqos->bulk = ipqos->interactive;
    return more(in) ? parse_service(in, &ipqos->bulk) : OK;
}

static enum err parse_escape(struct input *in, union option_field *value)
{
    if (option_value_escape(word(in), &value->number))
        return OK;
    return place_report(in->place, "Bad escape character.");
}

static enum err parse_startups(struct input *in, union option_field *value)
{
    if (option_value_startups(word(in), &value->startups))
        return OK;
    return place_report(in->place, "Invalid MaxStartups spec.");
}

static enum err add(struct input *in, struct option_list *list, struct bytes item)
{
    CHECK(in->row->max <= OPTION_LIST_MAX);
    for (size_t i = 0; i < list->count; i++) {
        if (bytes_is(item, list->items[i]))
            return OK;
    }
    if (list->count >= (size_t)in->row->max)
        return place_report(in->place, "too many %s entries.", name_of(in).text);
    list->items[list->count++] = keep(in, item);
    return OK;
}

static enum err parse_item(struct input *in, union option_field *value)
{
    return add(in, &value->list, word(in));
}

static enum err parse_words(struct input *in, union option_field *value)
{
    struct option_list *list = &value->list;
    size_t count = 0;
    bool has_none = false;
    list->count = 0;
    do {
        count++;
        if (word_is(in, "none"))
            has_none = true;
        else
            TRY(add(in, list, word(in)));
    } while (more(in));
    if (has_none && count > 1)
        return place_report(in->place, "keyword %s \"none\" argument must appear alone.",
                            name_of(in).text);
    return OK;
}

/* Removes the names that match the pattern. */
static void remove_matches(struct option_list *list, struct bytes pattern)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (!pattern_match(bytes_text(list->items[i]), pattern))
            list->items[kept++] = list->items[i];
    }
    list->count = kept;
}

static enum err parse_patterns(struct input *in, union option_field *value)
{
    struct option_list *list = &value->list;
    do {
        if (word(in).len == 0 || bytes_find(word(in), '=') < word(in).len)
            return place_report(in->place, "Invalid environment name.");
        if (bytes_starts(word(in), "-"))
            remove_matches(list, bytes_skip(word(in), 1));
        else
            TRY(add(in, list, word(in)));
    } while (more(in));
    return OK;
}

static enum err check_word(const struct input *in, struct bytes text)
{
    const struct option_row *row = in->row;
    if (!row->is_good || row->is_good(text))
        return OK;
    return place_report(in->place, "%s %s: \"%s\"", row->keyword, row->rule,
                        place_quote(text).text);
}

static enum err parse_who(struct input *in, union option_field *value)
{
    struct option_list *list = &value->list;
    do {
        if (word(in).len == 0)
            return place_report(in->place, "empty %s pattern", name_of(in).text);
        TRY(check_word(in, word(in)));
        TRY(add(in, list, word(in)));
    } while (more(in));
    return OK;
}

static bool has_name(const struct option_list *list, struct bytes name, char separator)
{
    for (size_t i = 0; i < list->count; i++) {
        struct bytes item = bytes_text(list->items[i]);
        if (bytes_equal(bytes_cut(&item, (uint8_t)separator), name))
            return true;
    }
    return false;
}

static enum err parse_settings(struct input *in, union option_field *value)
{
    struct option_list *list = &value->list;
    list->count = 0;
    do {
        size_t name_len = bytes_find(word(in), '=');
        if (name_len == 0 || name_len == word(in).len)
            return place_report(in->place, "Invalid SetEnv.");
        if (!has_name(list, bytes_slice(word(in), 0, name_len), '='))
            TRY(add(in, list, word(in)));
    } while (more(in));
    return OK;
}

static bool stands_alone(const struct input *in)
{
    struct bytes words = bytes_text(in->row->alone);
    while (words.len) {
        struct option_name alone = option_name(bytes_cut(&words, '|'));
        if (word_is(in, alone.text))
            return true;
    }
    return false;
}

static enum err parse_items(struct input *in, union option_field *value)
{
    struct option_list *list = &value->list;
    bool has_alone = false;
    size_t count = 0;
    list->count = 0;
    do {
        count++;
        has_alone = has_alone || stands_alone(in);
        if (!stands_alone(in))
            TRY(check_word(in, word(in)));
        TRY(add(in, list, word(in)));
    } while (more(in));
    if (has_alone && count > 1)
        return place_report(in->place, "%s: \"%s\" must appear alone", in->row->keyword,
                            in->row->alone);
    return OK;
}

static enum err parse_listen(struct input *in, union option_field *value)
{
    TRY(add(in, &value->list, word(in)));
    if (more(in) && word_is(in, "rdomain"))
        return place_report(in->place, "ListenAddress: rdomain is not supported");
    return buf_len(&in->word) ? place_report(in->place, "keyword %s extra arguments at end of line",
                                             name_of(in).text)
                              : OK;
}

static enum err parse_blocks(struct input *in, union option_field *value)
{
    if (option_value_net_blocks(word(in), &value->net_blocks))
        return OK;
    return place_report(in->place, "invalid PerSourceNetBlockSize value.");
}

static enum err parse_penalties(struct input *in, union option_field *value)
{
    size_t count = 0;
    bool has_alone = false;
    do {
        count++;
        has_alone = has_alone || option_value_choice(option_value_flags, word(in), &(int){ 0 });
        if (!option_penalties_take(&value->penalties, word(in)))
            return place_report(in->place, "PerSourcePenalties: bad value \"%s\"",
                                place_quote(word(in)).text);
    } while (more(in));
    if (has_alone && count > 1)
        return place_report(in->place, "PerSourcePenalties: \"yes\" and \"no\" must appear alone");
    return OK;
}

static enum err parse_ports(struct input *in, union option_field *value)
{
    struct option_ports *ports = &value->ports;
    int number = 0;
    if (!option_value_port(word(in), &number))
        return place_report(in->place, "Badly formatted port number.");
    if (ports->count == OPTION_PORTS_MAX)
        return place_report(in->place, "too many ports.");
    ports->numbers[ports->count++] = number;
    return OK;
}

/* The command keeps its quotes: a shell will read it. */
static enum err parse_command(struct input *in, union option_field *value)
{
    struct option_list *list = &value->list;
    struct bytes command = bytes_trim(in->rest);
    in->rest = BYTES_NONE;
    if (command.len == 0)
        return place_report(in->place, "Missing subsystem command.");
    if (bytes_find(word(in), ' ') < word(in).len)
        return place_report(in->place, "Bad subsystem name '%s'.", place_quote(word(in)).text);
    if (has_name(list, word(in), ' '))
        return OK;
    TRY(buf_append_text(&in->word, " "));
    TRY(buf_append(&in->word, command));
    return add(in, list, word(in));
}

static enum err parse_text(struct input *in, union option_field *value)
{
    TRY(check_word(in, word(in)));
    value->text = keep(in, word(in));
    return OK;
}

static enum err parse_names(struct input *in, union option_field *value)
{
    if (word(in).len > OPTION_NAMES_MAX)
        return place_report(in->place, "%s: the list is too long.", in->row->keyword);
    return parse_text(in, value);
}

static enum err parse_line(struct input *in, union option_field *value)
{
    bool is_none = option_value_is(in->line, "none");
    in->rest = BYTES_NONE;
    if (!is_none)
        TRY(check_word(in, in->line));
    value->text = is_none ? NULL : keep(in, in->line);
    return OK;
}

static const struct {
    enum err (*parse)(struct input *in, union option_field *value); /* with the first word read */
    size_t size;
    bool collects;
} kinds[] = {
#define KIND(name, member, collects, parse, print, written) \
    [OPTION_##name] = { parse, sizeof(((union option_field *)NULL)->member), collects },
#include "config/option_kind.def"
#undef KIND
};

size_t option_size(enum option_kind kind)
{
    return kinds[kind].size;
}

bool option_collects(enum option_kind kind)
{
    return kinds[kind].collects;
}

static enum err parse(struct input *in, union option_field *value)
{
    if (!more(in))
        return place_report(in->place, "no argument after keyword \"%s\"", name_of(in).text);
    if (word(in).len == 0)
        return place_report(in->place, "Missing argument.");
    TRY(kinds[in->row->kind].parse(in, value));
    if (more(in))
        return place_report(in->place, "keyword %s extra arguments at end of line",
                            name_of(in).text);
    return OK;
}

enum err option_set(const struct option_row *row, void *base, struct text_store *store,
                    struct bytes arguments, const struct place *place)
{
    struct input in = { .row = row,
                        .store = base ? store : NULL,
                        .place = place,
                        .line = arguments,
                        .rest = arguments,
                        .word = BUF_EMPTY(2 * LIMIT_LINE) };
    union option_field value;
    memset(&value, 0, sizeof(value));
    uint8_t *field = base ? (uint8_t *)base + row->offset : NULL;
    if (field)
        memcpy(&value, field, option_size(row->kind));
    enum err err = parse(&in, &value);
    if (err == OK && field)
        memcpy(field, &value, option_size(row->kind));
    buf_wipe(&in.word);
    return err;
}

void option_clear(const struct option_row *row, void *base)
{
    memset((uint8_t *)base + row->offset, 0, option_size(row->kind));
}
