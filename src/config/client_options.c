/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/client_options.h"

#include "base/check.h"
#include "base/limits.h"
#include "base/pattern.h"
#include "config/include.h"
#include "config/option_table.h"
#include "config/option_types.h"
#include "config/option_value.h"
#include "config/words.h"

#include <limits.h>
#include <string.h>

static const struct option_choice address_families[] = {
    { "any", CLIENT_ADDRESS_ANY },
    { "inet", CLIENT_ADDRESS_INET },
    { "inet6", CLIENT_ADDRESS_INET6 },
    { NULL, 0 },
};

/* The first of two names is printed: ssh -G prints true where users write yes. */
static const struct option_choice checking_choices[] = {
    { "true", CLIENT_CHECKING_STRICT },
    { "false", CLIENT_CHECKING_OFF },
    { "yes", CLIENT_CHECKING_STRICT },
    { "no", CLIENT_CHECKING_OFF },
    { "off", CLIENT_CHECKING_OFF },
    { "ask", CLIENT_CHECKING_ASK },
    { "accept-new", CLIENT_CHECKING_ACCEPT_NEW },
    { NULL, 0 },
};

static const struct option_choice tty_choices[] = {
    { "true", CLIENT_TTY_YES },
    { "false", CLIENT_TTY_NO },
    { "yes", CLIENT_TTY_YES },
    { "no", CLIENT_TTY_NO },
    { "force", CLIENT_TTY_FORCE },
    { "auto", CLIENT_TTY_AUTO },
    { NULL, 0 },
};

static const struct option_choice pubkey_choices[] = {
    { "true", CLIENT_PUBKEY_YES },
    { "false", CLIENT_PUBKEY_NO },
    { "yes", CLIENT_PUBKEY_YES },
    { "no", CLIENT_PUBKEY_NO },
    { "unbound", CLIENT_PUBKEY_UNBOUND },
    { "host-bound", CLIENT_PUBKEY_HOST_BOUND },
    { NULL, 0 },
};

static const struct option_row rows[] = {
#define OPTION(field, word, type, standard, text)       \
    { .keyword = (word),                                \
      .fallback = (standard),                           \
      .help = (text),                                   \
      .offset = offsetof(struct client_options, field), \
      type },
#include "config/client_option.def"
#undef OPTION
};
_Static_assert(sizeof(rows) / sizeof(rows[0]) <= CLIENT_OPTIONS_MAX, "set_at has too few places");

static const struct option_alias aliases[] = {
    { "ChallengeResponseAuthentication", "KbdInteractiveAuthentication" },
    { "DSAAuthentication", "PubkeyAuthentication" },
    { "IdentityFile2", "IdentityFile" },
    { "KeepAlive", "TCPKeepAlive" },
    { "PubkeyAcceptedKeyTypes", "PubkeyAcceptedAlgorithms" },
    { "SkeyAuthentication", "KbdInteractiveAuthentication" },
    { "TISAuthentication", "KbdInteractiveAuthentication" },
};

static const struct option_ignored ignored[] = {
#define IGNORED(word, harmless, why) { (word), false, (harmless), NULL, (why) },
#include "config/client_ignored.def"
#undef IGNORED
};
_Static_assert(sizeof(ignored) / sizeof(ignored[0]) <= CLIENT_IGNORED_MAX,
               "noted has too few places");

static const struct option_table table = {
    rows,    sizeof(rows) / sizeof(rows[0]),       aliases, sizeof(aliases) / sizeof(aliases[0]),
    ignored, sizeof(ignored) / sizeof(ignored[0]),
};

/* One file being read, within those that include it. */
struct reading {
    struct client_options *options;
    const struct client_file *outermost;
    struct place place;
    struct include include;
    size_t *bad_count; /* lines, of all files */
    bool is_active;    /* the lines are for our host */
    bool is_barred;    /* included by lines that are not: nothing in this file can become active */
};

const struct option_table *client_options_table(void)
{
    return &table;
}

static struct option_target target_of(struct client_options *options)
{
    return (struct option_target){ .base = options,
                                   .set_at = options->set_at,
                                   .texts = &options->texts,
                                   .noted = options->noted };
}

static struct place command_line(struct client_options *options)
{
    return (struct place){ "command-line", 0, &options->problems };
}

void client_options_init(struct client_options *options)
{
    memset(options, 0, sizeof(*options));
    text_store_init(&options->texts);
    place_init(&options->problems);
}

void client_options_wipe(struct client_options *options)
{
    text_store_wipe(&options->texts);
    buf_wipe(&options->problems);
    client_options_init(options);
}

/* Keywords, like host names, are case-insensitive. */
static bool is_passed_over(const struct client_options *options, struct bytes keyword)
{
    return options->ignore_unknown && !option_table_find(&table, keyword) &&
           pattern_list_host(keyword, bytes_text(options->ignore_unknown)) == PATTERN_MATCH;
}

static enum err set_line(struct client_options *options, struct bytes keyword,
                         struct bytes arguments, bool applies, const struct place *place)
{
    const struct option_target target = target_of(options);
    bool is_for_others = !applies && option_table_find_ignored(&table, keyword);
    if (is_for_others || is_passed_over(options, keyword))
        return OK;
    return option_table_set(&table, &target, keyword, arguments, applies, place);
}

enum err client_options_set(struct client_options *options, struct bytes line)
{
    static const char *const blocks[] = { "Host", "Match", "Include" };
    const struct place place = command_line(options);
    struct bytes keyword;
    struct bytes arguments;
    if (line.len > LIMIT_LINE || bytes_find(line, 0) < line.len)
        return place_report(&place, "the line is too long or has a NUL character.");
    words_split(line, &keyword, &arguments);
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        if (option_value_is(keyword, blocks[i]))
            return place_report(&place, "%s directive not supported as a command-line option",
                                blocks[i]);
    }
    return keyword.len ? set_line(options, keyword, arguments, true, &place) : OK;
}

enum err client_options_put(struct client_options *options, const char *keyword, struct bytes value)
{
    const struct option_target target = target_of(options);
    const struct place place = command_line(options);
    return option_table_put(&table, &target, keyword, value, &place);
}

static enum err parse_host(struct reading *reading, struct bytes arguments)
{
    scoped(buf) word = BUF_EMPTY(LIMIT_LINE);
    enum words_result result = words_next(&arguments, &word);
    bool matches = false;
    bool is_excluded = false;
    if (result == WORDS_END)
        return place_report(&reading->place, "no argument after keyword \"host\"");
    for (; result == WORDS_WORD; result = words_next(&arguments, &word)) {
        bool is_negated = bytes_starts(buf_bytes(&word), "!");
        if (!pattern_match(bytes_text(reading->outermost->host),
                           bytes_skip(buf_bytes(&word), is_negated)))
            continue;
        matches = true;
        is_excluded = is_excluded || is_negated;
    }
    reading->is_active = matches && !is_excluded && !reading->is_barred;
    return result == WORDS_END ? OK : place_report(&reading->place, "invalid quotes");
}

/* Lines after conditions that we cannot evaluate apply to nobody. */
static enum err parse_match(struct reading *reading, struct bytes keyword, struct bytes arguments)
{
    bool is_all = option_value_is(arguments, "all");
    reading->is_active = is_all && !reading->is_barred;
    if (is_all || is_passed_over(reading->options, keyword))
        return OK;
    return place_report_keyword(&reading->place, keyword,
                                " (of its conditions, only all is known)");
}

static void read_lines(struct reading *reading, struct bytes content);

static void read_included(void *context, const char *name, struct bytes content)
{
    const struct reading *outer = context;
    struct reading inner = *outer;
    inner.place.file = name;
    inner.include.depth++;
    inner.is_barred = !outer->is_active;
    read_lines(&inner, content);
}

static enum err read_line(struct reading *reading, struct bytes line)
{
    struct bytes keyword;
    struct bytes arguments;
    if (line.len > LIMIT_LINE)
        return place_report(&reading->place, "the line is too long.");
    if (bytes_find(line, 0) < line.len)
        return place_report(&reading->place, "the line has a NUL character.");
    words_split(line, &keyword, &arguments);
    if (keyword.len == 0)
        return OK;
    if (option_value_is(keyword, "host"))
        return parse_host(reading, arguments);
    if (option_value_is(keyword, "match"))
        return parse_match(reading, keyword, arguments);
    if (option_value_is(keyword, "include"))
        return include_follow(&reading->include, arguments, &reading->place, read_included,
                              reading);
    return set_line(reading->options, keyword, arguments, reading->is_active, &reading->place);
}

static void read_lines(struct reading *reading, struct bytes content)
{
    reading->place.line = 0;
    while (content.len) {
        reading->place.line++;
        if (read_line(reading, bytes_cut(&content, '\n')) != OK)
            ++*reading->bad_count;
    }
}

enum err client_options_parse(struct client_options *options, const struct client_file *file)
{
    size_t files_left = INCLUDE_FILES, bad_count = 0;
    struct reading reading = {
        .options = options,
        .outermost = file,
        .place = { file->name, 0, &options->problems },
        .include = { file->source, 0, &files_left },
        .bad_count = &bad_count,
        .is_active = true,
    };
    if (file->content.len > LIMIT_CONFIG_FILE)
        return place_report(&reading.place, "the file is too long.");
    read_lines(&reading, file->content);
    return bad_count ? place_report_total(&reading.place, bad_count) : OK;
}

static size_t row_of(const char *keyword)
{
    const struct option_row *row = option_table_find(&table, bytes_text(keyword));
    CHECK(row != NULL);
    return (size_t)(row - rows);
}

bool client_options_given(const struct client_options *options, const char *keyword)
{
    return options->set_at[row_of(keyword)].file != NULL;
}

struct place client_options_place(const struct client_options *options, const char *keyword)
{
    return options->set_at[row_of(keyword)];
}

void client_options_fill(struct client_options *options)
{
    const struct option_target target = target_of(options);
    option_table_defaults(&table, &target);
}

const char *client_options_keep(struct client_options *options, struct bytes text)
{
    return text_store_keep(&options->texts, text);
}

enum err client_options_print(const struct client_options *options, const char *host,
                              struct buf *out)
{
    TRY(buf_format(out, "host %s\n", host));
    return option_table_print(&table, options, out);
}
