/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/server_options.h"

#include "base/address.h"
#include "base/check.h"
#include "base/limits.h"
#include "config/option_types.h"
#include "config/option_value.h"
#include "config/server_options_internal.h"
#include "config/server_value.h"
#include "config/words.h"

#include <limits.h>
#include <stdlib.h>
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

static const struct option_choice compression_choices[] = {
    { "yes", SERVER_COMPRESSION_DELAYED }, /* what sshd -T prints */
    { "delayed", SERVER_COMPRESSION_DELAYED },
    { "no", SERVER_COMPRESSION_NO },
    { NULL, 0 },
};

static const struct option_choice rhosts_choices[] = {
    { "no", SERVER_RHOSTS_NO },
    { "yes", SERVER_RHOSTS_YES },
    { "shosts-only", SERVER_RHOSTS_SHOSTS },
    { NULL, 0 },
};

static const struct option_choice forwarding_choices[] = {
    { "yes", SERVER_FORWARD_BOTH },      { "all", SERVER_FORWARD_BOTH },
    { "true", SERVER_FORWARD_BOTH },     { "no", SERVER_FORWARD_NONE },
    { "false", SERVER_FORWARD_NONE },    { "local", SERVER_FORWARD_LOCAL },
    { "remote", SERVER_FORWARD_REMOTE }, { NULL, 0 },
};

static const struct option_choice tunnel_choices[] = {
    { "no", SERVER_TUNNEL_NONE },
    { "yes", SERVER_TUNNEL_BOTH },
    { "point-to-point", SERVER_TUNNEL_POINT_TO_POINT },
    { "ethernet", SERVER_TUNNEL_ETHERNET },
    { NULL, 0 },
};

static const struct option_choice gateway_choices[] = {
    { "no", SERVER_GATEWAY_NO },
    { "yes", SERVER_GATEWAY_YES },
    { "clientspecified", SERVER_GATEWAY_CLIENT },
    { NULL, 0 },
};

static const struct option_choice format_choices[] = {
    { "text", SERVER_LOG_TEXT },
    { "json", SERVER_LOG_JSON },
    { NULL, 0 },
};

static const struct option_choice facility_choices[] = {
    { "AUTH", SERVER_FACILITY_AUTH },
    { "AUTHPRIV", SERVER_FACILITY_AUTHPRIV },
    { "DAEMON", SERVER_FACILITY_DAEMON },
    { "USER", SERVER_FACILITY_USER },
    { "LOCAL0", SERVER_FACILITY_LOCAL0 },
    { "LOCAL1", SERVER_FACILITY_LOCAL0 + 1 },
    { "LOCAL2", SERVER_FACILITY_LOCAL0 + 2 },
    { "LOCAL3", SERVER_FACILITY_LOCAL0 + 3 },
    { "LOCAL4", SERVER_FACILITY_LOCAL0 + 4 },
    { "LOCAL5", SERVER_FACILITY_LOCAL0 + 5 },
    { "LOCAL6", SERVER_FACILITY_LOCAL0 + 6 },
    { "LOCAL7", SERVER_FACILITY_LOCAL0 + 7 },
    { NULL, 0 },
};

static const struct option_row rows[] = {
#define GLOBAL false
#define MATCH  true
#define OPTION(field, word, type, where, standard, text) \
    { .keyword = (word),                                 \
      .in_match = (where),                               \
      .fallback = (standard),                            \
      .help = (text),                                    \
      .offset = offsetof(struct server_options, field),  \
      type },
#include "config/server_option.def"
#undef OPTION
};
_Static_assert(sizeof(rows) / sizeof(rows[0]) <= SERVER_OPTIONS_MAX, "set_at has too few places");

static const struct option_ignored ignored[] = {
#define IGNORED(word, where, harmless, shown, why) { (word), (where), (harmless), (shown), (why) },
#include "config/server_ignored.def"
#undef IGNORED
};
_Static_assert(sizeof(ignored) / sizeof(ignored[0]) <= SERVER_IGNORED_MAX,
               "noted has too few places");

static const struct option_alias aliases[] = {
    { "ChallengeResponseAuthentication", "KbdInteractiveAuthentication" },
    { "DSAAuthentication", "PubkeyAuthentication" },
    { "PubkeyAcceptedKeyTypes", "PubkeyAcceptedAlgorithms" },
    { "SkeyAuthentication", "KbdInteractiveAuthentication" },
};

static const struct option_pending pending[] = {
#define PENDING(word, values, why) { (word), (values), (why) },
#include "config/server_pending.def"
#undef PENDING
    { NULL, NULL, NULL },
};

static const struct option_table table = {
    .rows = rows,
    .row_count = sizeof(rows) / sizeof(rows[0]),
    .aliases = aliases,
    .alias_count = sizeof(aliases) / sizeof(aliases[0]),
    .ignored = ignored,
    .ignored_count = sizeof(ignored) / sizeof(ignored[0]),
};

const struct option_table *server_options_table(void)
{
    return &table;
}

struct option_target server_options_target(struct server_options *options)
{
    return (struct option_target){ options, options->set_at, &options->texts, options->pending,
                                   options->noted };
}

struct place server_options_command_line(struct server_options *options)
{
    return (struct place){ "command-line", 0, &options->problems };
}

struct server_options *server_options_new(void)
{
    struct server_options *options = calloc(1, sizeof(*options));
    CHECK(options != NULL);
    server_options_init(options);
    return options;
}

void server_options_free(struct server_options *options)
{
    if (!options)
        return;
    server_options_wipe(options);
    free(options);
}

void server_options_init(struct server_options *options)
{
    memset(options, 0, sizeof(*options));
    text_store_init(&options->texts);
    place_init(&options->problems);
    options->pending = pending;
}

void server_options_wipe(struct server_options *options)
{
    server_blocks_wipe(&options->blocks);
    text_store_wipe(&options->texts);
    buf_wipe(&options->problems);
    server_options_init(options);
}

enum err server_options_split(const struct place *place, struct bytes line, struct bytes *keyword,
                              struct bytes *arguments)
{
    if (line.len > LIMIT_LINE || bytes_find(line, 0) < line.len)
        return place_report(place, "the line is too long or has a NUL character.");
    words_split(line, keyword, arguments);
    return OK;
}

enum err server_options_set(struct server_options *options, struct bytes line)
{
    static const char *const files_only[] = { "Match", "Include" };
    const struct option_target target = server_options_target(options);
    const struct place place = server_options_command_line(options);
    struct bytes keyword, arguments;
    TRY(server_options_split(&place, line, &keyword, &arguments));
    for (size_t i = 0; i < sizeof(files_only) / sizeof(files_only[0]); i++)
        if (option_value_is(keyword, files_only[i]))
            return place_report(&place, "%s directive not supported as a command-line option",
                                files_only[i]);
    return keyword.len ? option_table_set(&table, &target, keyword, arguments, true, &place) : OK;
}

enum err server_options_put(struct server_options *options, const char *keyword, struct bytes value)
{
    const struct option_target target = server_options_target(options);
    const struct place place = server_options_command_line(options);
    return option_table_put(&table, &target, keyword, value, &place);
}

static size_t row_of(const char *keyword)
{
    const struct option_row *row = option_table_find(&table, bytes_text(keyword));
    CHECK(row != NULL);
    return (size_t)(row - rows);
}

enum err server_options_replace(struct server_options *options, const char *keyword,
                                struct bytes value)
{
    size_t row = row_of(keyword);
    option_clear(&rows[row], options);
    options->set_at[row] = (struct place){ 0 };
    return server_options_put(options, keyword, value);
}

bool server_options_given(const struct server_options *options, const char *keyword)
{
    return options->set_at[row_of(keyword)].file != NULL;
}

struct place server_options_place(const struct server_options *options, const char *keyword)
{
    return options->set_at[row_of(keyword)];
}

const char *server_options_keep(struct server_options *options, struct bytes text)
{
    return text_store_keep(&options->texts, text);
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

/* It becomes part of the identification (RFC 4253 section 4.2). */
static enum err check_addendum(struct server_options *options)
{
    const struct place place = server_options_command_line(options);
    struct bytes text = bytes_text(options->version_addendum);
    bool is_good = text.len <= SERVER_ADDENDUM_MAX;
    for (size_t i = 0; i < text.len; i++)
        is_good &= text.data[i] >= ' ' && text.data[i] < 0x7f;
    return is_good ? OK : place_report(&place, "VersionAddendum is too long or not US-ASCII.");
}

static bool is_enabled(const struct server_options *options, struct bytes method)
{
    if (bytes_is(method, "publickey"))
        return options->pubkey_authentication;
    if (bytes_is(method, "password"))
        return options->password_authentication;
    return options->kbd_interactive_authentication;
}

/* At least one list must have no method that is switched off. */
static enum err check_methods(struct server_options *options)
{
    const struct place place = server_options_command_line(options);
    for (size_t i = 0; i < options->authentication_methods.count; i++) {
        struct bytes list = bytes_text(options->authentication_methods.items[i]);
        bool can_succeed = true;
        while (list.len && !bytes_is(list, "any"))
            can_succeed &= is_enabled(options, bytes_cut(&list, ','));
        if (can_succeed)
            return OK;
    }
    return place_report(&place, "AuthenticationMethods cannot be satisfied by enabled "
                                "authentication methods");
}

static enum err check_command(struct server_options *options)
{
    const struct place place = server_options_command_line(options);
    if (!options->authorized_keys_command || options->authorized_keys_command_user)
        return OK;
    return place_report(&place, "AuthorizedKeysCommand set without AuthorizedKeysCommandUser");
}

enum err server_options_finish(struct server_options *options, const char *home,
                               const char *directory)
{
    const struct option_target target = server_options_target(options);
    option_table_defaults(&table, &target);
    option_penalties_fill(&options->per_source_penalties);
    fill_host_keys(options);
    TRY(check_addendum(options));
    TRY(check_methods(options));
    TRY(check_command(options));
    for (size_t i = 0; i < options->host_key.count; i++)
        TRY(make_absolute(options, home, directory, &options->host_key.items[i]));
    TRY(make_absolute(options, home, directory, &options->pid_file));
    return server_listen_complete(options);
}
