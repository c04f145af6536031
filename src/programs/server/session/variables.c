/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/variables.h"

#include "config/server_options.h"
#include "os/file.h"
#include "programs/server/session/session.h"

#include <limits.h>
#include <paths.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 512, NAME_MAX_LEN = 255, FILE_OCTETS_MAX = 64 * 1024, LINES_MAX = 1000 };

static const char ROOT_PATH[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
static const char USER_PATH[] = "/usr/local/bin:/usr/bin:/bin:/usr/games";

/* With PAM a module sets where mail is. */
static void set_mail(struct environment *e, const struct account *account)
{
    char mail[TEXT_MAX];
    (void)snprintf(mail, sizeof(mail), "%s/%s", _PATH_MAILDIR, account->name);
    environment_set(e, "MAIL", mail);
}

static void set_account(struct environment *e, const struct account *account)
{
    environment_set(e, "USER", account->name);
    environment_set(e, "LOGNAME", account->name);
    environment_set(e, "HOME", account->home);
    environment_set(e, "PATH", account->uid == 0 ? ROOT_PATH : USER_PATH);
    environment_set(e, "SHELL", account->shell);
    if (getenv("TZ"))
        environment_set(e, "TZ", getenv("TZ"));
}

static void set_configured(struct environment *e, const struct option_list *settings)
{
    for (size_t i = 0; i < settings->count; i++) {
        char name[NAME_MAX_LEN + 1];
        struct bytes rest = bytes_text(settings->items[i]);
        if (bytes_to_text(bytes_cut(&rest, '='), name, sizeof(name)))
            environment_set(e, name, settings->items[i] + strlen(name) + 1);
    }
}

/* NAME=value of authorized_keys, each ended by a NUL. */
static void set_of_key(struct environment *e, const char *patterns, struct bytes settings)
{
    while (settings.len > 0) {
        struct bytes value = bytes_cut(&settings, '\0');
        struct bytes name = bytes_cut(&value, '=');
        (void)environment_set_from_user(e, patterns, name, value);
    }
}

static void set_of_line(struct environment *e, const char *patterns, struct bytes line)
{
    while (line.len > 0 && (line.data[0] == ' ' || line.data[0] == '\t'))
        line = bytes_skip(line, 1);
    if (line.len == 0 || line.data[0] == '#' || bytes_find(line, '=') == line.len)
        return;
    struct bytes name = bytes_cut(&line, '=');
    (void)environment_set_from_user(e, patterns, name, line);
}

static void set_users(struct environment *e, const struct session_host *host)
{
    char path[PATH_MAX];
    const char *option = host->options->permit_user_environment;
    const char *patterns = option && strcmp(option, "yes") != 0 ? option : NULL;
    scoped(buf) text = BUF_EMPTY(FILE_OCTETS_MAX);
    set_of_key(e, patterns, host->policy->environment);
    (void)snprintf(path, sizeof(path), "%s/.ssh/environment", host->account->home);
    if (file_read(path, &text, NULL) != OK)
        return;
    struct bytes rest = buf_bytes(&text);
    for (size_t i = 0; i < LINES_MAX && rest.len > 0; i++)
        set_of_line(e, patterns, bytes_cut(&rest, '\n'));
}

static void set_connection(struct environment *e, const struct session_host *host)
{
    char text[TEXT_MAX];
    (void)snprintf(text, sizeof(text), "%s %u %u", host->peer.address, host->peer.port,
                   host->local.port);
    environment_set(e, "SSH_CLIENT", text);
    (void)snprintf(text, sizeof(text), "%s %u %s %u", host->peer.address, host->peer.port,
                   host->local.address, host->local.port);
    environment_set(e, "SSH_CONNECTION", text);
}

static void set_of_pam(struct environment *e, struct bytes settings)
{
    while (settings.len > 0) {
        struct bytes value = bytes_cut(&settings, '\0');
        struct bytes name = bytes_cut(&value, '=');
        (void)environment_set_from_pam(e, name, value);
    }
}

void variables_fill(struct environment *environment, const struct session_host *host,
                    const struct variables_of_program *of_program)
{
    set_account(environment, host->account);
    if (!host->options->use_pam)
        set_mail(environment, host->account);
    if (of_program->terminal_type)
        environment_set(environment, "TERM", of_program->terminal_type);
    if (policy_allows(host->policy, POLICY_USER_ENVIRONMENT))
        set_users(environment, host);
    set_configured(environment, &host->options->set_env);
    set_of_pam(environment, host->pam_environment);
    set_connection(environment, host);
    if (of_program->terminal)
        environment_set(environment, "SSH_TTY", of_program->terminal);
    if (of_program->auth_file)
        environment_set(environment, "SSH_USER_AUTH", of_program->auth_file);
    if (of_program->original_command)
        environment_set(environment, "SSH_ORIGINAL_COMMAND", of_program->original_command);
}
