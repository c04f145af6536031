/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/check.h"
#include "config/server_options_internal.h"
#include "config/words.h"

#include <string.h>

/* The first line of a keyword that applies replaces what is there; further ones add to it, if the keyword collects. */
static enum err apply(struct server_options *options, const struct server_block_line *line)
{
    const struct option_table *table = server_options_table();
    const struct option_target target = server_options_target(options);
    const struct place place = { line->place.file, line->place.line, &options->problems };
    struct bytes keyword, arguments;
    words_split(bytes_text(line->text), &keyword, &arguments);
    const struct option_row *row = option_table_find(table, keyword);
    if (row && !options->set_at[row - table->rows].file)
        option_clear(row, options);
    return option_table_set(table, &target, keyword, arguments, true, &place);
}

/* With a NULL subject, every block applies. */
static enum err apply_blocks(const struct server_blocks *blocks,
                             const struct server_match_subject *subject,
                             struct server_options *options)
{
    size_t block = SERVER_BLOCKS_OUTSIDE;
    bool fits = false;
    for (size_t i = 0; i < blocks->line_count; i++) {
        const struct server_block_line *line = &blocks->lines[i];
        if (subject && line->block != block)
            fits = server_blocks_fit(blocks, line->block, subject);
        block = line->block;
        if (fits || !subject)
            TRY(apply(options, line));
    }
    return OK;
}

/* Keeps the subsystems whose names no block has set. */
static void keep_other_subsystems(const struct server_options *base, struct server_options *options)
{
    for (size_t i = 0; i < base->subsystem.count; i++) {
        struct bytes rest = bytes_text(base->subsystem.items[i]);
        struct option_list *list = &options->subsystem;
        if (!server_options_subsystem(options, bytes_cut(&rest, ' ')) &&
            list->count < OPTION_LIST_MAX)
            list->items[list->count++] = base->subsystem.items[i];
    }
}

enum err server_options_resolve(const struct server_options *base,
                                const struct server_match_subject *subject,
                                struct server_options *options)
{
    memcpy(options, base, sizeof(*options));
    memset(options->set_at, 0, sizeof(options->set_at));
    memset(options->noted, 0, sizeof(options->noted));
    memset(&options->blocks, 0, sizeof(options->blocks));
    text_store_init(&options->texts);
    place_init(&options->problems);
    enum err err = apply_blocks(&base->blocks, subject, options);
    keep_other_subsystems(base, options);
    for (size_t i = 0; i < SERVER_OPTIONS_MAX; i++)
        options->set_at[i] = options->set_at[i].file ? options->set_at[i] : base->set_at[i];
    for (size_t i = 0; i < SERVER_IGNORED_MAX; i++)
        options->noted[i] = options->noted[i] ? options->noted[i] : base->noted[i];
    return err;
}

bool server_options_resolve_next(const struct server_options *base, const char *keyword, size_t *at,
                                 struct server_options *line)
{
    const struct option_table *table = server_options_table();
    const struct option_row *wanted = option_table_find(table, bytes_text(keyword));
    while (*at < base->blocks.line_count) {
        const struct server_block_line *found = &base->blocks.lines[(*at)++];
        struct bytes word, arguments;
        words_split(bytes_text(found->text), &word, &arguments);
        if (option_table_find(table, word) != wanted)
            continue;
        server_options_wipe(line);
        enum err err = apply(line, found);
        CHECK(err == OK); /* it was OK when it was read */
        return true;
    }
    return false;
}

/* Lines that are each good may together be too many for one list. */
enum err server_options_resolve_all(struct server_options *options)
{
    if (options->blocks.line_count == 0)
        return OK;
    struct server_options *all = server_options_new();
    enum err err = server_options_resolve(options, NULL, all);
    enum err told = err == OK ? OK : buf_append(&options->problems, buf_bytes(&all->problems));
    server_options_free(all);
    return err == OK ? told : err;
}
