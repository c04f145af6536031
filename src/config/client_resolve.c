/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/client_resolve.h"

#include "base/limits.h"
#include "config/option_value.h"
#include "config/token.h"

#include <stdio.h>
#include <string.h>

enum { NUMBER_MAX = 16, BATCH_ALIVE_INTERVAL = 300 };

/* What the tokens stand for, and the options to report an unknown one in. */
struct resolving {
    struct client_options *options;
    const struct client_surroundings *around;
    char port[NUMBER_MAX];
    char uid[NUMBER_MAX];
    const char *short_local_host;
};

static enum err refuse(struct client_options *options, const char *what, const char *problem)
{
    size_t before = buf_len(&options->problems);
    if (buf_format(&options->problems, "%s%s\n", what, problem) != OK)
        buf_truncate(&options->problems, before);
    return ERR_BAD_VALUE;
}

static const char *lowered(struct client_options *options, const char *text)
{
    scoped(buf) lower = BUF_EMPTY(2 * LIMIT_LINE);
    for (; *text; text++) {
        char c = *text;
        if (c >= 'A' && c <= 'Z')
            c = (char)(c + 'a' - 'A');
        if (buf_append(&lower, bytes_of(&c, 1)) != OK)
            break;
    }
    return client_options_keep(options, buf_bytes(&lower));
}

static enum err expand(struct client_options *options, const char *keyword,
                       const struct token_set *set, const char **text)
{
    scoped(buf) expanded = BUF_EMPTY(LIMIT_LINE);
    struct token_problem problem;
    enum err err = token_expand(set, *text, &expanded, &problem);
    if (err == ERR_NO_SPACE)
        (void)snprintf(problem.text, sizeof(problem.text), "it becomes too long");
    if (err != OK) {
        char what[OPTION_NAME_MAX];
        (void)snprintf(what, sizeof(what), "%s: ", keyword);
        return refuse(options, what, problem.text);
    }
    *text = client_options_keep(options, buf_bytes(&expanded));
    return OK;
}

/* The most tokens that any value may contain: all but %C, which names shared connections. */
static enum err expand_all(const struct resolving *r, const char *keyword, bool is_path,
                           const char **text)
{
    const struct client_options *o = r->options;
    const struct client_surroundings *around = r->around;
    const struct token tokens[] = {
        { 'd', around->home },
        { 'h', o->hostname },
        { 'i', r->uid },
        { 'k', o->host_key_alias ? o->host_key_alias : around->host },
        { 'L', r->short_local_host },
        { 'l', around->local_host },
        { 'n', around->host },
        { 'p', r->port },
        { 'r', o->user },
        { 'u', around->local_user },
    };
    const struct token_set set = {
        .tokens = tokens,
        .count = sizeof(tokens) / sizeof(tokens[0]),
        .has_environment = is_path,
        .environment = is_path ? around->environment : NULL,
        .home = is_path ? around->home : NULL,
    };
    return expand(r->options, keyword, &set, text);
}

static enum err resolve_hostname(struct client_options *options, const char *host)
{
    const struct token tokens[] = { { 'h', host } };
    const struct token_set set = { .tokens = tokens, .count = 1 };
    if (!options->hostname)
        options->hostname = host;
    else
        TRY(expand(options, "Hostname", &set, &options->hostname));
    options->hostname = lowered(options, options->hostname);
    return OK;
}

/* A program that is given a name beginning with "-" would take it for an option. */
static bool is_safe(const char *name, const char *unsafe)
{
    if (*name == '-' || *name == 0)
        return false;
    for (; *name; name++) {
        if ((unsigned char)*name < ' ' || *name == 0x7f || strchr(unsafe, *name))
            return false;
    }
    return true;
}

/* The rule of ssh: a user's name may contain a blank or a backslash, unless the blank would begin an option or the
 * backslash would escape what follows. */
static bool is_user(const char *user)
{
    size_t len = strlen(user);
    return is_safe(user, "'\"`;&<>|(){}") && !strstr(user, " -") && user[len - 1] != '\\';
}

static bool has_token(const char *text, char letter)
{
    for (; (text = strchr(text, '%')) && text[1]; text += 2)
        if (text[1] == letter)
            return true;
    return false;
}

/* Names are put into commands for a shell. */
static enum err check_names(struct client_options *options, const char *host)
{
    static const char unsafe[] = " '\"`$\\;&<>|(){}*?!#~";
    const char *command = options->proxy_command;
    if (!is_safe(host, unsafe) || !is_safe(options->hostname, unsafe))
        return refuse(options, "", "hostname contains invalid characters");
    if (!is_user(options->user))
        return refuse(options, "", "remote username contains invalid characters");
    if (command && has_token(command, 'r') && !is_safe(options->user, unsafe))
        return refuse(options, "",
                      "remote username contains invalid characters for the %r of ProxyCommand");
    return OK;
}

static bool holds(const struct option_list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i], text) == 0)
            return true;
    }
    return false;
}

static void fill_identity_files(struct client_options *options)
{
    static const char *const standard[] = { "~/.ssh/id_ed25519", "~/.ssh/id_ecdsa",
                                            "~/.ssh/id_rsa" };
    struct option_list *list = &options->identity_file;
    if (list->count)
        return;
    for (; list->count < sizeof(standard) / sizeof(standard[0]); list->count++)
        list->items[list->count] = standard[list->count];
}

static enum err resolve_identities(const struct resolving *r, struct option_list *paths)
{
    const struct option_list *given = &r->options->identity_file;
    for (size_t i = 0; i < given->count; i++) {
        const char *path = given->items[i];
        if (option_value_is(bytes_text(path), "none"))
            continue;
        TRY(expand_all(r, "IdentityFile", true, &path));
        if (!holds(paths, path))
            paths->items[paths->count++] = path;
    }
    return OK;
}

static enum err resolve_agent(const struct resolving *r)
{
    const char **agent = &r->options->identity_agent;
    bool is_path = *agent && strcmp(*agent, "none") != 0 && strcmp(*agent, "SSH_AUTH_SOCK") != 0 &&
                   ((*agent)[0] != '$' || (*agent)[1] == '{');
    return is_path ? expand_all(r, "IdentityAgent", true, agent) : OK;
}

static enum err resolve_proxy(const struct resolving *r, const char **command)
{
    const struct token tokens[] = {
        { 'h', r->options->hostname },
        { 'n', r->around->host },
        { 'p', r->port },
        { 'r', r->options->user },
    };
    const struct token_set set = { .tokens = tokens, .count = sizeof(tokens) / sizeof(tokens[0]) };
    *command = r->options->proxy_command;
    return *command ? expand(r->options, "ProxyCommand", &set, command) : OK;
}

static enum err expand_options(const struct resolving *r, struct client_resolved *resolved)
{
    struct client_options *options = r->options;
    for (size_t i = 0; i < options->user_known_hosts_file.count; i++)
        TRY(expand_all(r, "UserKnownHostsFile", true, &options->user_known_hosts_file.items[i]));
    if (options->remote_command)
        TRY(expand_all(r, "RemoteCommand", false, &options->remote_command));
    TRY(resolve_agent(r));
    TRY(resolve_identities(r, &resolved->identity_paths));
    return resolve_proxy(r, &resolved->proxy_command);
}

static struct resolving resolving_with(struct client_options *options,
                                       const struct client_surroundings *around)
{
    struct resolving r = { .options = options, .around = around };
    struct bytes local_host = bytes_text(around->local_host);
    (void)snprintf(r.port, sizeof(r.port), "%d", options->port);
    (void)snprintf(r.uid, sizeof(r.uid), "%u", around->local_uid);
    r.short_local_host = client_options_keep(options, bytes_cut(&local_host, '.'));
    return r;
}

enum err client_resolve(struct client_options *options,
                        const struct client_surroundings *surroundings,
                        struct client_resolved *resolved)
{
    *resolved = (struct client_resolved){ .proxy_command = NULL };
    client_options_fill(options);
    if (options->batch_mode && !client_options_given(options, "ServerAliveInterval"))
        options->server_alive_interval = BATCH_ALIVE_INTERVAL;
    if (!options->user)
        options->user = client_options_keep(options, bytes_text(surroundings->local_user));
    if (options->host_key_alias)
        options->host_key_alias = lowered(options, options->host_key_alias);
    fill_identity_files(options);
    TRY(resolve_hostname(options, surroundings->host));
    TRY(check_names(options, surroundings->host));
    const struct resolving r = resolving_with(options, surroundings);
    return expand_options(&r, resolved);
}
