/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/settings.h"

#include "base/escape.h"
#include "base/limits.h"
#include "os/file.h"
#include "os/system_error.h"
#include "programs/client/log.h"
#include "programs/common/config_files.h"
#include "ssh/transport/algorithms.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char system_folder[] = "/etc/ssh";

struct source_file {
    const char *path;
    const char *folder;
    bool is_required;
    bool is_checked; /* its owner and mode */
};

static enum err parse_file(const struct arguments *arguments, const struct person *person,
                           const struct source_file *file, struct client_options *options)
{
    scoped(buf) content = BUF_EMPTY(LIMIT_CONFIG_FILE);
    struct stat facts;
    enum err err = file_read(file->path, &content, &facts);
    if (err == ERR_SYSTEM && !file->is_required)
        return OK;
    if (err != OK) {
        log_write(OPTION_LOG_ERROR, "Can't open user config file %s: %s", file->path,
                  system_error_text(err));
        return ERR_BAD_VALUE;
    }
    if (file->is_checked && !config_files_trust(&facts)) {
        log_write(OPTION_LOG_ERROR, "Bad owner or permissions on %s", file->path);
        return ERR_BAD_VALUE;
    }
    struct config_files files = { person->home, file->folder, .is_checked = true };
    struct config_source source = config_files_source(&files);
    struct client_file parsed = { file->path, buf_bytes(&content), arguments->host, &source };
    log_write(OPTION_LOG_DEBUG1, "Reading configuration data %s", file->path);
    return client_options_parse(options, &parsed);
}

static enum err read_files(const struct arguments *arguments, const struct person *person,
                           struct client_options *options)
{
    char folder[PATH_MAX + 8], path[PATH_MAX + 16];
    (void)snprintf(folder, sizeof(folder), "%s/.ssh", person->home);
    (void)snprintf(path, sizeof(path), "%s/config", folder);
    if (arguments->config_file) {
        if (strcmp(arguments->config_file, "none") == 0)
            return OK;
        struct source_file given = { arguments->config_file, folder, true, false };
        return parse_file(arguments, person, &given, options);
    }
    struct source_file users = { path, folder, false, true };
    TRY(parse_file(arguments, person, &users, options));
    struct source_file systems = { "/etc/ssh/ssh_config", system_folder, false, false };
    return parse_file(arguments, person, &systems, options);
}

static enum err put_log_level(const struct arguments *arguments, struct client_options *options)
{
    static const char *const louder[] = { "DEBUG1", "DEBUG2", "DEBUG3" };
    unsigned most = arguments->verbosity > 3 ? 3 : arguments->verbosity;
    if (most)
        return client_options_put(options, "LogLevel", bytes_text(louder[most - 1]));
    return arguments->is_quiet ? client_options_put(options, "LogLevel", bytes_text("QUIET")) : OK;
}

static bool is_there(const char *path, const char *ending)
{
    char whole[PATH_MAX + 8];
    (void)snprintf(whole, sizeof(whole), "%s%s", path, ending);
    return access(whole, F_OK) == 0;
}

/* A -i without a file names nothing: the usual keys stay in use. A path that is expanded later is not checked. */
static bool is_missing_identity(const struct arguments_option *option)
{
    const char *path = option->value;
    if (!option->keyword || strcmp(option->keyword, "IdentityFile") != 0 ||
        strcmp(path, "none") == 0 || path[0] == '~' || strpbrk(path, "%$") ||
        is_there(path, ".pub") || is_there(path, ""))
        return false;
    log_write(OPTION_LOG_INFO, "Warning: Identity file %s not accessible: %s.", path,
              strerror(errno));
    return true;
}

static enum err put_arguments(const struct arguments *arguments, struct client_options *options)
{
    TRY(put_log_level(arguments, options));
    if (arguments->request_tty)
        TRY(client_options_put(options, "RequestTTY", bytes_text(arguments->request_tty)));
    for (size_t i = 0; i < arguments->option_count; i++) {
        const struct arguments_option *option = &arguments->options[i];
        struct bytes value = bytes_text(option->value);
        if (is_missing_identity(option))
            continue;
        TRY(option->keyword ? client_options_put(options, option->keyword, value)
                            : client_options_set(options, value));
    }
    return OK;
}

static enum err read_all(const struct arguments *arguments, const struct person *person,
                         struct settings *settings)
{
    struct client_options *options = &settings->options;
    TRY(put_arguments(arguments, options));
    log_set_level(client_options_given(options, "LogLevel") ? options->log_level : OPTION_LOG_INFO);
    TRY(read_files(arguments, person, options));
    struct client_surroundings surroundings = {
        .host = arguments->host,
        .home = person->home,
        .local_user = person->name,
        .local_uid = person->uid,
        .local_host = person->machine,
        .environment = (const char *const *)environ,
    };
    return client_resolve(options, &surroundings, &settings->resolved);
}

static void tell_without_effect(const struct arguments *arguments,
                                const struct client_options *options)
{
    const struct option_table *table = client_options_table();
    for (size_t i = 0; i < arguments->idle_count; i++)
        log_write(OPTION_LOG_DEBUG1, "-%c has no effect: %s", arguments->idle[i].letter,
                  arguments->idle[i].why);
    for (size_t i = 0; i < table->ignored_count; i++)
        if (options->noted[i])
            log_write(OPTION_LOG_DEBUG1, "%s has no effect: %s", table->ignored[i].keyword,
                      table->ignored[i].reason);
}

enum err settings_read(const struct arguments *arguments, const struct person *person,
                       struct settings *settings)
{
    client_options_init(&settings->options);
    enum err err = read_all(arguments, person, settings);
    if (buf_len(&settings->options.problems))
        log_text(OPTION_LOG_ERROR, buf_text(&settings->options.problems));
    if (err != OK)
        return err;
    log_set_level(settings->options.log_level);
    tell_without_effect(arguments, &settings->options);
    return OK;
}

void settings_wipe(struct settings *settings)
{
    client_options_wipe(&settings->options);
}

static const struct {
    const char *keyword;
    size_t offset;
    enum algorithms_category category;
} lists[SETTINGS_LISTS_COUNT] = {
    [SETTINGS_CIPHERS] = { "Ciphers", offsetof(struct client_options, ciphers), ALGORITHMS_CIPHER },
    [SETTINGS_MACS] = { "MACs", offsetof(struct client_options, macs), ALGORITHMS_MAC },
    [SETTINGS_KEXES] = { "KexAlgorithms", offsetof(struct client_options, kex_algorithms),
                         ALGORITHMS_KEX },
    [SETTINGS_HOST_KEYS] = { "HostKeyAlgorithms",
                             offsetof(struct client_options, host_key_algorithms),
                             ALGORITHMS_HOST_KEY },
    [SETTINGS_USER_KEYS] = { "PubkeyAcceptedAlgorithms",
                             offsetof(struct client_options, pubkey_accepted_algorithms),
                             ALGORITHMS_HOST_KEY },
};
enum { LIST_MAX = 4096, TEXT_MAX = 2048 };

static const char *wish_of(const struct client_options *options, enum settings_list list)
{
    const char *wish;
    memcpy(&wish, (const char *)options + lists[list].offset, sizeof(wish));
    return wish;
}

static enum err complain(const struct client_options *options, enum settings_list list,
                         struct bytes bad)
{
    const struct place place = client_options_place(options, lists[list].keyword);
    scoped(buf) text = BUF_EMPTY(TEXT_MAX);
    TRY(algorithms_complain(lists[list].category, bytes_text(wish_of(options, list)), bad, &text));
    log_write(OPTION_LOG_ERROR, "%.300s line %u: %s", place.file, place.line, buf_text(&text));
    return ERR_BAD_VALUE;
}

enum err settings_offer(const struct client_options *options, enum settings_list list,
                        struct buf *out)
{
    const char *wish = wish_of(options, list);
    struct bytes bad = BYTES_NONE;
    if (!wish)
        return buf_append(out, algorithms_default(lists[list].category));
    enum err err = algorithms_wish(lists[list].category, bytes_text(wish), out, &bad);
    return err == OK ? OK : complain(options, list, bad);
}

static void tell_passed_over(const struct client_options *options, enum settings_list list)
{
    const char *wish = wish_of(options, list);
    struct bytes rest = bytes_text(wish ? wish : "");
    const struct algorithms_lacking *lacking;
    while ((lacking = algorithms_next_lacking(lists[list].category, &rest)) != NULL)
        log_write(OPTION_LOG_DEBUG1, "%s: %s is passed over: %s", lists[list].keyword,
                  lacking->name, lacking->why);
}

enum err settings_check_lists(const struct client_options *options)
{
    for (enum settings_list i = 0; i < SETTINGS_LISTS_COUNT; i++) {
        scoped(buf) list = BUF_EMPTY(LIST_MAX);
        TRY(settings_offer(options, i, &list));
        tell_passed_over(options, i);
    }
    return OK;
}

enum err settings_complete_lists(struct client_options *options)
{
    TRY(settings_check_lists(options));
    for (enum settings_list i = 0; i < SETTINGS_LISTS_COUNT; i++) {
        scoped(buf) list = BUF_EMPTY(LIST_MAX);
        TRY(settings_offer(options, i, &list));
        const char *completed = client_options_keep(options, buf_bytes(&list));
        memcpy((char *)options + lists[i].offset, &completed, sizeof(completed));
    }
    return OK;
}
