/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/key_sources.h"

#include "base/writer.h"
#include "config/server_options.h"
#include "config/token.h"
#include "programs/server/common/log.h"
#include "programs/server/monitor/keys_command.h"

enum { FILES_MAX = 64 * 1024, USER_MAX = 1024 };

static enum err list_files(const struct option_list *files, struct buf *out)
{
    struct writer w = writer_to(out);
    for (size_t i = 0; i < files->count; i++)
        writer_text(&w, files->items[i]);
    return writer_end(&w);
}

static bool make_inquiry(const struct key_sources *sources, struct bytes blob,
                         struct inquiry *inquiry)
{
    const struct account *account = sources->account;
    *inquiry = (struct inquiry){
        .uid = account->uid,
        .blob = blob,
        .strict_modes = sources->options->strict_modes,
        .log_level = log_level(),
    };
    return bytes_to_text(bytes_text(account->name), inquiry->user, sizeof(inquiry->user)) &&
           bytes_to_text(bytes_text(account->home), inquiry->home, sizeof(inquiry->home)) &&
           bytes_to_text(bytes_text(sources->peer->address), inquiry->address,
                         sizeof(inquiry->address)) &&
           bytes_to_text(bytes_text(sources->host), inquiry->host, sizeof(inquiry->host));
}

bool key_sources_ask_files(const struct key_sources *sources, struct bytes blob,
                           struct authorizer_grant *grant)
{
    struct inquiry inquiry;
    scoped(buf) files = BUF_EMPTY(FILES_MAX);
    const struct authorizer_setup setup = { sources->start, sources->account, sources->watch_fd };
    bool fits = make_inquiry(sources, blob, &inquiry) &&
                list_files(&sources->options->authorized_keys_file, &files) == OK;
    inquiry.files = buf_bytes(&files);
    return fits && authorizer_ask(&setup, &inquiry, grant);
}

static bool find_command_user(const struct key_sources *sources, struct account *user)
{
    const char *name = sources->options->authorized_keys_command_user;
    const struct token token = { 'u', sources->account->name };
    const struct token_set set = { .tokens = &token, .count = 1 };
    struct token_problem problem;
    scoped(buf) text = BUF_EMPTY(USER_MAX);
    if (name && token_expand(&set, name, &text, &problem) == OK &&
        account_find(buf_bytes(&text), user) == OK)
        return true;
    log_error("AuthorizedKeysCommandUser \"%s\" not found", name ? name : "");
    return false;
}

bool key_sources_ask_command(const struct key_sources *sources, struct bytes blob,
                             const char *key_name, struct authorizer_grant *grant)
{
    const char *command = sources->options->authorized_keys_command;
    const struct keys_command_about about = { sources->account, blob, key_name, sources->peer,
                                              sources->local };
    struct inquiry inquiry;
    struct account user = { 0 };
    const char *problem = NULL;
    scoped(buf) words = BUF_EMPTY(KEYS_COMMAND_MAX);
    if (!make_inquiry(sources, blob, &inquiry) || !find_command_user(sources, &user))
        return false;
    bool may = keys_command_expand(command, &about, &words, &problem) == OK;
    if (!may)
        log_error("AuthorizedKeysCommand \"%s\" %s", command, problem);
    inquiry.command = buf_bytes(&words);
    const struct authorizer_setup setup = { sources->start, &user, sources->watch_fd };
    may = may && authorizer_ask(&setup, &inquiry, grant);
    account_wipe(&user);
    return may;
}
