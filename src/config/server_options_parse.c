/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/limits.h"
#include "config/option_value.h"
#include "config/server_options_internal.h"
#include "config/words.h"

/* Of a file and all that it includes. */
struct reading_budget {
    size_t files_left;
    size_t bad_count;
};

/* One file being read, within those that include it. */
struct reading {
    struct server_options *options;
    struct place place;
    const struct config_source *source; /* NULL: there is no Include */
    bool ports_are_open;                /* the command line named none */
    size_t block;                       /* of Match; SERVER_BLOCKS_OUTSIDE before any */
    size_t outer;                       /* the block that the Include of this file stands in */
    unsigned depth;
    struct reading_budget *budget;
};

static enum err read_file(struct reading *reading, struct bytes content);

static enum err read_included(struct reading *reading, const char *name, struct bytes content)
{
    if (reading->budget->files_left == 0)
        return place_report(&reading->place, "Too many configuration includes");
    reading->budget->files_left--;
    struct reading inner = *reading;
    inner.place = (struct place){ server_options_keep(reading->options, bytes_text(name)), 0,
                                  reading->place.problems };
    inner.outer = reading->block;
    inner.depth++;
    return read_file(&inner, content);
}

static enum err include(struct reading *reading, const char *pattern)
{
    const struct config_source *source = reading->source;
    for (size_t index = 0;; index++) {
        scoped(buf) name = BUF_EMPTY(LIMIT_LINE);
        scoped(buf) content = BUF_EMPTY(LIMIT_CONFIG_FILE);
        switch (source->read(source->context, pattern, index, &name, &content)) {
        case CONFIG_SOURCE_END:
            return OK;
        case CONFIG_SOURCE_FAILED:
            return place_report(&reading->place, "Can't open %s",
                                place_quote(buf_bytes(&name)).text);
        case CONFIG_SOURCE_FILE:
            TRY(read_included(reading, buf_text(&name), buf_bytes(&content)));
            break;
        }
    }
}

static enum err parse_include(struct reading *reading, struct bytes arguments)
{
    scoped(buf) word = BUF_EMPTY(LIMIT_LINE);
    bool found = false;
    if (!reading->source || reading->depth == SERVER_INCLUDE_DEPTH)
        return place_report(&reading->place, "Too many recursive configuration includes");
    while (words_next(&arguments, &word) == WORDS_WORD) {
        found = true;
        TRY(include(reading, buf_text(&word)));
    }
    return found ? OK : place_report(&reading->place, "no argument after keyword \"include\"");
}

static enum err open_block(struct reading *reading, struct bytes condition)
{
    struct server_options *options = reading->options;
    TRY(server_match_check(condition, &reading->place));
    reading->block = server_blocks_open(&options->blocks, reading->outer,
                                        server_options_keep(options, condition));
    return OK;
}

/* What everybody has is set at once, as what stands before any Match. */
static bool is_for_later(const struct reading *reading, struct bytes keyword)
{
    const struct server_blocks *blocks = &reading->options->blocks;
    return reading->block != SERVER_BLOCKS_OUTSIDE &&
           (option_table_in_match(server_options_table(), keyword) ||
            !server_blocks_are_all(blocks, reading->block));
}

static enum err keep_line(struct reading *reading, struct bytes line)
{
    struct server_options *options = reading->options;
    const struct server_block_line kept = {
        .block = reading->block,
        .text = server_options_keep(options, line),
        .place = { reading->place.file, reading->place.line, NULL },
    };
    server_blocks_add(&options->blocks, &kept);
    return OK;
}

static enum err set_keyword(struct reading *reading, struct bytes line, struct bytes keyword,
                            struct bytes arguments)
{
    const struct option_table *table = server_options_table();
    const struct option_target target = server_options_target(reading->options);
    const struct place *place = &reading->place;
    bool is_later = is_for_later(reading, keyword);
    bool applies = !is_later && (reading->ports_are_open || !option_value_is(keyword, "port"));
    if (is_later && option_table_knows(table, keyword) && !option_table_in_match(table, keyword))
        return place_report(place, "Directive '%s' is not allowed within a Match block",
                            place_quote(keyword).text);
    TRY(option_table_set(table, &target, keyword, arguments, applies, place));
    return is_later ? keep_line(reading, line) : OK;
}

static enum err read_line(struct reading *reading, struct bytes line)
{
    struct bytes keyword, arguments;
    TRY(server_options_split(&reading->place, line, &keyword, &arguments));
    if (keyword.len == 0)
        return OK;
    if (option_value_is(keyword, "include"))
        return parse_include(reading, arguments);
    if (option_value_is(keyword, "match"))
        return open_block(reading, arguments);
    return set_keyword(reading, line, keyword, arguments);
}

/* What is wrong with a line is told and counted; the others are read all the same. */
static enum err read_file(struct reading *reading, struct bytes content)
{
    if (content.len > LIMIT_CONFIG_FILE)
        return place_report(&reading->place, "the file is too long.");
    while (content.len) {
        reading->place.line++;
        reading->budget->bad_count += read_line(reading, bytes_cut(&content, '\n')) != OK;
    }
    return OK;
}

enum err server_options_parse(struct server_options *options, const char *name,
                              struct bytes content, const struct config_source *source)
{
    struct reading_budget budget = { SERVER_INCLUDE_FILES, 0 };
    struct reading reading = { .options = options,
                               .place = { server_options_keep(options, bytes_text(name)), 0,
                                          &options->problems },
                               .source = source,
                               .ports_are_open = !server_options_given(options, "Port"),
                               .budget = &budget };
    TRY(read_file(&reading, content));
    budget.bad_count += server_options_resolve_all(options) != OK;
    return budget.bad_count ? place_report_total(&reading.place, budget.bad_count) : OK;
}
