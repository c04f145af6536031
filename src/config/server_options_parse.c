/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/limits.h"
#include "config/include.h"
#include "config/option_value.h"
#include "config/server_options_internal.h"

/* One file being read, within those that include it. */
struct reading {
    struct server_options *options;
    struct place place;
    struct include include;
    bool ports_are_open; /* the command line named none */
    size_t block;        /* of Match; SERVER_BLOCKS_OUTSIDE before any */
    size_t outer;        /* the block that contains this file's Include */
    size_t *bad_count;   /* lines, of all files */
};

static void read_lines(struct reading *reading, struct bytes content);

static void read_included(void *context, const char *name, struct bytes content)
{
    const struct reading *outer = context;
    struct reading inner = *outer;
    inner.place = (struct place){ server_options_keep(outer->options, bytes_text(name)), 0,
                                  outer->place.problems };
    inner.outer = outer->block;
    inner.include.depth++;
    read_lines(&inner, content);
}

static enum err open_block(struct reading *reading, struct bytes condition)
{
    struct server_options *options = reading->options;
    TRY(server_match_check(condition, &reading->place));
    reading->block = server_blocks_open(&options->blocks, reading->outer,
                                        server_options_keep(options, condition));
    return OK;
}

/* Lines that apply to everybody are set at once, like those before any Match. */
static bool is_for_later(const struct reading *reading, struct bytes keyword)
{
    const struct server_blocks *blocks = &reading->options->blocks;
    return reading->block != SERVER_BLOCKS_OUTSIDE &&
           (option_table_in_match(server_options_table(), keyword) ||
            !server_blocks_are_all(blocks, reading->block));
}

static void keep_line(struct reading *reading, struct bytes line)
{
    struct server_options *options = reading->options;
    const struct server_block_line kept = {
        .block = reading->block,
        .text = server_options_keep(options, line),
        .place = { reading->place.file, reading->place.line, NULL },
    };
    server_blocks_add(&options->blocks, &kept);
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
    if (is_later)
        keep_line(reading, line);
    return OK;
}

static enum err read_line(struct reading *reading, struct bytes line)
{
    struct bytes keyword, arguments;
    TRY(server_options_split(&reading->place, line, &keyword, &arguments));
    if (keyword.len == 0)
        return OK;
    if (option_value_is(keyword, "include"))
        return include_follow(&reading->include, arguments, &reading->place, read_included,
                              reading);
    if (option_value_is(keyword, "match"))
        return open_block(reading, arguments);
    return set_keyword(reading, line, keyword, arguments);
}

/* A bad line is reported and counted; the others are still read. */
static void read_lines(struct reading *reading, struct bytes content)
{
    while (content.len) {
        reading->place.line++;
        *reading->bad_count += read_line(reading, bytes_cut(&content, '\n')) != OK;
    }
}

enum err server_options_parse(struct server_options *options, const char *name,
                              struct bytes content, const struct config_source *source)
{
    size_t files_left = INCLUDE_FILES, bad_count = 0;
    struct reading reading = { .options = options,
                               .place = { server_options_keep(options, bytes_text(name)), 0,
                                          &options->problems },
                               .include = { source, 0, &files_left },
                               .ports_are_open = !server_options_given(options, "Port"),
                               .bad_count = &bad_count };
    if (content.len > LIMIT_CONFIG_FILE)
        return place_report(&reading.place, "the file is too long.");
    read_lines(&reading, content);
    bad_count += server_options_resolve_all(options) != OK;
    return bad_count ? place_report_total(&reading.place, bad_count) : OK;
}
