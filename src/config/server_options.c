/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/server_options.h"

#include "base/check.h"
#include "base/limits.h"
#include "config/option_types.h"
#include "config/option_value.h"
#include "config/words.h"

#include <limits.h>
#include <string.h>

static const struct option_choice root_choices[] = {
    { "without-password", SERVER_ROOT_WITHOUT_PASSWORD }, /* what sshd -T prints */
    { "prohibit-password", SERVER_ROOT_WITHOUT_PASSWORD },
    { "forced-commands-only", SERVER_ROOT_FORCED_COMMANDS },
    { "yes", SERVER_ROOT_YES },
    { "no", SERVER_ROOT_NO },
    { NULL, 0 },
};

static const struct option_choice family_choices[] = {
    { "any", SERVER_ADDRESS_ANY },
    { "inet", SERVER_ADDRESS_INET },
    { "inet6", SERVER_ADDRESS_INET6 },
    { NULL, 0 },
};

static const struct option_choice pam_choices[] = {
    { "no", SERVER_PAM_NO },
    { "false", SERVER_PAM_NO },
    { NULL, 0 },
};

static const struct option_row rows[] = {
#define OPTION(field, word, type, standard, text)       \
    { .keyword = (word),                                \
      .fallback = (standard),                           \
      .help = (text),                                   \
      .offset = offsetof(struct server_options, field), \
      type },
#include "config/server_option.def"
#undef OPTION
};
_Static_assert(sizeof(rows) / sizeof(rows[0]) <= SERVER_OPTIONS_MAX, "is_set has too few places");

static const struct option_ignored ignored[] = {
#define IGNORED(word, harmless, why) { (word), (harmless), (why) },
#include "config/server_ignored.def"
#undef IGNORED
};

static const struct option_table table = {
    .rows = rows,
    .row_count = sizeof(rows) / sizeof(rows[0]),
    .ignored = ignored,
    .ignored_count = sizeof(ignored) / sizeof(ignored[0]),
};

const struct option_table *server_options_table(void)
{
    return &table;
}

static struct option_target target_of(struct server_options *options)
{
    return (struct option_target){ options, options->is_set, &options->texts };
}

static struct place command_line(struct server_options *options)
{
    return (struct place){ "command-line", 0, &options->problems };
}

void server_options_init(struct server_options *options)
{
    memset(options, 0, sizeof(*options));
    text_store_init(&options->texts);
    place_init(&options->problems);
}

void server_options_wipe(struct server_options *options)
{
    text_store_wipe(&options->texts);
    buf_wipe(&options->problems);
    server_options_init(options);
}

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
    inner.place = (struct place){ name, 0, reading->place.problems };
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

static enum err set_line(struct reading *reading, struct bytes line)
{
    const struct option_target target = target_of(reading->options);
    const struct place *place = &reading->place;
    struct bytes keyword;
    struct bytes arguments;
    if (line.len > LIMIT_LINE || bytes_find(line, 0) < line.len)
        return place_report(place, "the line is too long or has a NUL character.");
    words_split(line, &keyword, &arguments);
    if (keyword.len == 0)
        return OK;
    if (option_value_is(keyword, "include"))
        return parse_include(reading, arguments);
    if (option_value_is(keyword, "match"))
        return place_report_keyword(place, keyword, " (glasshd does not have it yet)");
    bool applies = reading->ports_are_open || !option_value_is(keyword, "port");
    return option_table_set(&table, &target, keyword, arguments, applies, place);
}

/* What is wrong with a line is told and counted; the others are read all the same. */
static enum err read_file(struct reading *reading, struct bytes content)
{
    if (content.len > LIMIT_CONFIG_FILE)
        return place_report(&reading->place, "the file is too long.");
    while (content.len) {
        reading->place.line++;
        reading->budget->bad_count += set_line(reading, bytes_cut(&content, '\n')) != OK;
    }
    return OK;
}

enum err server_options_set(struct server_options *options, struct bytes line)
{
    struct reading_budget budget = { 0 };
    struct reading reading = { options, command_line(options), NULL, true, 0, &budget };
    return set_line(&reading, line);
}

enum err server_options_put(struct server_options *options, const char *keyword, struct bytes value)
{
    const struct option_target target = target_of(options);
    const struct place place = command_line(options);
    return option_table_put(&table, &target, keyword, value, &place);
}

enum err server_options_parse(struct server_options *options, const char *name,
                              struct bytes content, const struct config_source *source)
{
    struct reading_budget budget = { SERVER_INCLUDE_FILES, 0 };
    struct reading reading = { .options = options,
                               .place = { name, 0, &options->problems },
                               .source = source,
                               .ports_are_open = !server_options_given(options, "Port"),
                               .budget = &budget };
    TRY(read_file(&reading, content));
    return budget.bad_count ? place_report_total(&reading.place, budget.bad_count) : OK;
}

bool server_options_given(const struct server_options *options, const char *keyword)
{
    const struct option_row *row = option_table_find(&table, bytes_text(keyword));
    CHECK(row != NULL);
    return options->is_set[row - rows];
}

const char *server_options_keep(struct server_options *options, struct bytes text)
{
    return text_store_keep(&options->texts, text);
}

/* Cuts "host:port" and "[host]:port"; a number with several colons and no brackets is all host.
 * No port: 0. */
static bool cut_address(struct bytes address, struct bytes *host, int *port)
{
    size_t colon = bytes_find(address, ':');
    bool has_bracket = bytes_starts(address, "[");
    struct bytes rest = BYTES_NONE;
    *host = address;
    *port = 0;
    if (has_bracket) {
        rest = bytes_skip(address, 1);
        bool is_closed = bytes_find(rest, ']') < rest.len;
        *host = bytes_cut(&rest, ']');
        if (!is_closed || (rest.len && !bytes_starts(rest, ":")))
            return false;
    } else if (bytes_find(bytes_skip(address, colon + 1), ':') + colon + 1 >= address.len) {
        *host = bytes_slice(address, 0, colon);
        rest = bytes_skip(address, colon);
    }
    bool has_port = rest.len > 0;
    return host->len && (!has_port || option_value_port(bytes_skip(rest, 1), port));
}

static enum err add_listen(struct server_options *options, struct bytes host, int port)
{
    const struct place place = command_line(options);
    if (options->listen_count == SERVER_LISTEN_MAX)
        return place_report(&place, "too many addresses to listen at.");
    options->listen[options->listen_count++] =
        (struct server_listen){ server_options_keep(options, host), port };
    return OK;
}

static enum err add_on_every_port(struct server_options *options, struct bytes host)
{
    for (size_t i = 0; i < options->port.count; i++)
        TRY(add_listen(options, host, options->port.numbers[i]));
    return OK;
}

static enum err listen_everywhere(struct server_options *options)
{
    for (size_t i = 0; i < options->port.count; i++) {
        if (options->address_family != SERVER_ADDRESS_INET)
            TRY(add_listen(options, BYTES_LITERAL("::"), options->port.numbers[i]));
        if (options->address_family != SERVER_ADDRESS_INET6)
            TRY(add_listen(options, BYTES_LITERAL("0.0.0.0"), options->port.numbers[i]));
    }
    return OK;
}

static enum err complete_listen(struct server_options *options)
{
    const struct place place = command_line(options);
    options->listen_count = 0;
    for (size_t i = 0; i < options->listen_address.count; i++) {
        struct bytes address = bytes_text(options->listen_address.items[i]);
        struct bytes host;
        int port = 0;
        if (!cut_address(address, &host, &port))
            return place_report(&place, "bad address or host: %s", place_quote(address).text);
        if (port)
            TRY(add_listen(options, host, port));
        else
            TRY(add_on_every_port(options, host));
    }
    return options->listen_address.count ? OK : listen_everywhere(options);
}

static enum err make_absolute(struct server_options *options, const char *home,
                              const char *directory, const char **path)
{
    bool is_at_home = strncmp(*path, "~/", 2) == 0;
    if (**path == '/' || strcmp(*path, "none") == 0)
        return OK;
    scoped(buf) absolute = BUF_EMPTY(2 * LIMIT_LINE);
    TRY(buf_format(&absolute, "%s/%s", is_at_home ? home : directory,
                   is_at_home ? *path + 2 : *path));
    *path = server_options_keep(options, buf_bytes(&absolute));
    return OK;
}

static void fill_host_keys(struct server_options *options)
{
    static const char *const standard[] = { "/etc/ssh/ssh_host_rsa_key",
                                            "/etc/ssh/ssh_host_ecdsa_key",
                                            "/etc/ssh/ssh_host_ed25519_key" };
    struct option_list *list = &options->host_key;
    if (list->count)
        return;
    for (; list->count < sizeof(standard) / sizeof(standard[0]); list->count++)
        list->items[list->count] = standard[list->count];
}

/* It becomes a part of the identification (RFC 4253 section 4.2). */
static enum err check_addendum(struct server_options *options)
{
    const struct place place = command_line(options);
    struct bytes text = bytes_text(options->version_addendum);
    bool is_good = text.len <= SERVER_ADDENDUM_MAX;
    for (size_t i = 0; i < text.len; i++)
        is_good &= text.data[i] >= ' ' && text.data[i] < 0x7f;
    return is_good ? OK : place_report(&place, "VersionAddendum is too long or not US-ASCII.");
}

enum err server_options_finish(struct server_options *options, const char *home,
                               const char *directory)
{
    const struct option_target target = target_of(options);
    option_table_defaults(&table, &target);
    fill_host_keys(options);
    TRY(check_addendum(options));
    for (size_t i = 0; i < options->host_key.count; i++)
        TRY(make_absolute(options, home, directory, &options->host_key.items[i]));
    TRY(make_absolute(options, home, directory, &options->pid_file));
    return complete_listen(options);
}

const char *server_options_subsystem(const struct server_options *options, struct bytes name)
{
    for (size_t i = 0; i < options->subsystem.count; i++) {
        struct bytes command = bytes_text(options->subsystem.items[i]);
        if (bytes_equal(bytes_cut(&command, ' '), name))
            return options->subsystem.items[i] + name.len + 1;
    }
    return NULL;
}

static enum err print_listen(const struct server_options *options, struct buf *out)
{
    for (size_t i = 0; i < options->listen_count; i++) {
        const struct server_listen *at = &options->listen[i];
        bool is_ipv6 = strchr(at->host, ':') != NULL;
        TRY(buf_format(out, "listenaddress %s%s%s:%d\n", is_ipv6 ? "[" : "", at->host,
                       is_ipv6 ? "]" : "", at->port));
    }
    return OK;
}

enum err server_options_print(const struct server_options *options, struct buf *out)
{
    for (size_t i = 0; i < table.row_count; i++) {
        if (strcmp(rows[i].keyword, "ListenAddress") == 0)
            TRY(print_listen(options, out));
        else
            TRY(option_print(&rows[i], options, out));
    }
    return OK;
}
