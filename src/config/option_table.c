/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/option_table.h"

#include "base/check.h"
#include "base/limits.h"
#include "config/option_value.h"
#include "config/words.h"

#include <stdio.h>
#include <string.h>

enum { REASON_MAX = 128 };

static struct bytes resolve_alias(const struct option_table *table, struct bytes keyword)
{
    for (size_t i = 0; i < table->alias_count; i++) {
        if (option_value_is(keyword, table->aliases[i].name))
            return bytes_text(table->aliases[i].keyword);
    }
    return keyword;
}

const struct option_row *option_table_find(const struct option_table *table, struct bytes keyword)
{
    struct bytes name = resolve_alias(table, keyword);
    for (size_t i = 0; i < table->row_count; i++) {
        if (option_value_is(name, table->rows[i].keyword))
            return &table->rows[i];
    }
    return NULL;
}

const struct option_ignored *option_table_find_ignored(const struct option_table *table,
                                                       struct bytes keyword)
{
    for (size_t i = 0; i < table->ignored_count; i++) {
        if (option_value_is(keyword, table->ignored[i].keyword))
            return &table->ignored[i];
    }
    return NULL;
}

bool option_table_knows(const struct option_table *table, struct bytes keyword)
{
    return option_table_find(table, keyword) != NULL ||
           option_table_find_ignored(table, keyword) != NULL;
}

bool option_table_in_match(const struct option_table *table, struct bytes keyword)
{
    const struct option_row *row = option_table_find(table, keyword);
    const struct option_ignored *ignored = option_table_find_ignored(table, keyword);
    return (row && row->in_match) || (ignored && ignored->in_match);
}

static bool is_harmless(const char *harmless_values, struct bytes value)
{
    struct bytes values = bytes_text(harmless_values);
    while (values.len) {
        struct bytes harmless = bytes_cut(&values, '|');
        char text[OPTION_NAME_MAX];
        bool fits = bytes_to_text(harmless, text, sizeof(text));
        CHECK(fits);
        if (bytes_is(harmless, "*") || option_value_is(value, text))
            return true;
    }
    return false;
}

/* OpenSSH's message for a refused value, followed by what the user can do. */
static enum err refuse(const struct place *place, const char *keyword, const char *harmless_values,
                       const char *reason, struct bytes value)
{
    struct bytes values = bytes_text(harmless_values);
    struct bytes advice = bytes_cut(&values, '|');
    char why[REASON_MAX];
    (void)snprintf(why, sizeof(why), " (%s)", reason);
    if (advice.len == 0)
        return place_report_keyword(place, bytes_text(keyword), why);
    return place_report(place,
                        "unsupported option \"%s\" of keyword %s: %s; write \"%s %.*s\" or leave"
                        " the line out.",
                        place_quote(value).text, option_name(bytes_text(keyword)).text, reason,
                        keyword, (int)advice.len, (const char *)advice.data);
}

/* No word may ask for something the program cannot do. */
static enum err check_words(const struct place *place, const char *keyword,
                            const char *harmless_values, const char *reason, struct bytes arguments)
{
    scoped(buf) word = BUF_EMPTY(2 * LIMIT_LINE);
    while (words_next(&arguments, &word) == WORDS_WORD)
        if (!is_harmless(harmless_values, buf_bytes(&word)))
            return refuse(place, keyword, harmless_values, reason, buf_bytes(&word));
    return OK;
}

/* Words that are accepted in any case are printed in lower case. */
static const char *spelling(const struct option_target *target, struct bytes value)
{
    static const char *const usual[] = { "yes", "no", "none" };
    for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
        if (option_value_is(value, usual[i]))
            return usual[i];
    return text_store_keep(target->texts, value);
}

static enum err pass_over(const struct option_ignored *ignored, const char **noted,
                          const struct option_target *target, struct bytes arguments,
                          const struct place *place)
{
    scoped(buf) word = BUF_EMPTY(2 * LIMIT_LINE);
    struct bytes rest = arguments;
    if (words_next(&rest, &word) != WORDS_WORD)
        return place_report(place, "no argument after keyword \"%s\"",
                            option_name(bytes_text(ignored->keyword)).text);
    TRY(check_words(place, ignored->keyword, ignored->values, ignored->reason, arguments));
    if (noted && !*noted && strcmp(ignored->values, "*") == 0)
        *noted = spelling(target, buf_bytes(&word));
    return OK;
}

static const struct option_pending *find_pending(const struct option_target *target,
                                                 const char *keyword)
{
    for (const struct option_pending *pending = target->pending; pending && pending->keyword;
         pending++)
        if (option_value_is(bytes_text(keyword), pending->keyword))
            return pending;
    return NULL;
}

static enum err check_pending(const struct option_target *target, const struct option_row *row,
                              struct bytes arguments, const struct place *place)
{
    const struct option_pending *pending = find_pending(target, row->keyword);
    return pending ? check_words(place, row->keyword, pending->values, pending->reason, arguments)
                   : OK;
}

static enum err set_row(const struct option_table *table, const struct option_target *target,
                        const struct option_row *row, struct bytes arguments, bool applies,
                        const struct place *place)
{
    struct place *set_at = &target->set_at[row - table->rows];
    bool is_first = applies && !set_at->file;
    TRY(option_set(row, NULL, target->texts, arguments, place));
    TRY(check_pending(target, row, arguments, place));
    if (is_first || (applies && option_collects(row->kind)))
        TRY(option_set(row, target->base, target->texts, arguments, place));
    if (is_first)
        *set_at = (struct place){ text_store_keep(target->texts, bytes_text(place->file)),
                                  place->line, NULL };
    return OK;
}

static bool quotes_are_closed(struct bytes arguments)
{
    scoped(buf) word = BUF_EMPTY(2 * LIMIT_LINE);
    enum words_result result = WORDS_WORD;
    while (result == WORDS_WORD)
        result = words_next(&arguments, &word);
    return result == WORDS_END;
}

enum err option_table_set(const struct option_table *table, const struct option_target *target,
                          struct bytes keyword, struct bytes arguments, bool applies,
                          const struct place *place)
{
    const struct option_row *row = option_table_find(table, keyword);
    const struct option_ignored *ignored = option_table_find_ignored(table, keyword);
    if (!row && !ignored)
        return place_report_keyword(place, keyword, "");
    if (!quotes_are_closed(arguments))
        return place_report(place, "invalid quotes");
    if (row)
        return set_row(table, target, row, arguments, applies, place);
    const char **noted = applies && target->noted ? &target->noted[ignored - table->ignored] : NULL;
    return pass_over(ignored, noted, target, arguments, place);
}

enum err option_table_put(const struct option_table *table, const struct option_target *target,
                          const char *keyword, struct bytes value, const struct place *place)
{
    const struct option_row *row = option_table_find(table, bytes_text(keyword));
    CHECK(row != NULL);
    if (value.len > LIMIT_LINE / 2 || bytes_find(value, 0) < value.len)
        return place_report(place, "Bad value for keyword %s.",
                            option_name(bytes_text(keyword)).text);
    if (row->kind == OPTION_LINE)
        return set_row(table, target, row, value, true, place);
    scoped(buf) quoted = BUF_EMPTY(2 * LIMIT_LINE);
    TRY(words_quote(value, &quoted));
    return set_row(table, target, row, buf_bytes(&quoted), true, place);
}

void option_table_defaults(const struct option_table *table, const struct option_target *target)
{
    scoped(buf) problems;
    place_init(&problems);
    const struct place place = { "default", 0, &problems };
    for (size_t i = 0; i < table->row_count; i++) {
        const struct option_row *row = &table->rows[i];
        const struct option_pending *pending = find_pending(target, row->keyword);
        struct bytes standard = BYTES_NONE;
        if (target->set_at[i].file || !row->fallback)
            continue;
        standard = bytes_text(pending ? pending->values : row->fallback);
        if (pending)
            standard = bytes_cut(&standard, '|');
        enum err err = option_set(row, target->base, target->texts, standard, &place);
        CHECK(err == OK);
    }
}

enum err option_table_print(const struct option_table *table, const void *base, struct buf *out)
{
    for (size_t i = 0; i < table->row_count; i++)
        TRY(option_print(&table->rows[i], base, out));
    return OK;
}
