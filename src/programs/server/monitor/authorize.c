/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/authorize.h"

#include "base/check.h"
#include "base/limits.h"
#include "config/server_options.h"
#include "programs/server/common/log.h"
#include "programs/server/monitor/key_file.h"
#include "programs/server/monitor/policy_key.h"
#include "trust/authorized_keys.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <time.h>

void authorize_wipe(struct authorize_grant *grant)
{
    buf_wipe(&grant->record);
    *grant = AUTHORIZE_NOTHING;
}

enum err authorize_take(struct authorize_grant *grant, struct bytes record)
{
    authorize_wipe(grant);
    TRY(buf_append(&grant->record, record));
    return policy_decode(buf_bytes(&grant->record), &grant->policy);
}

static struct key_options_circumstances circumstances_of(const struct endpoint *peer)
{
    time_t now = time(NULL);
    struct tm local = { 0 };
    (void)localtime_r(&now, &local);
    return (struct key_options_circumstances){
        .address = bytes_text(peer->address),
        .now = now,
        .utc_offset = local.tm_gmtoff,
    };
}

static bool read_keys(const struct server_options *options, const struct account *account,
                      const char *path, struct buf *text)
{
    scoped(buf) culprit = BUF_EMPTY(PATH_MAX);
    enum err err = key_file_read(path, account, options->strict_modes, text, &culprit);
    if (err == OK)
        return true;
    if (err == ERR_UNTRUSTED)
        log_info("Authentication refused: bad ownership or modes for %s", buf_text(&culprit));
    else if (err != ERR_SYSTEM)
        log_error("%s: %s", path, err_text(err));
    else if (errno != ENOENT)
        log_error("Could not open user '%s' authorized keys '%s': %s", account->name, path,
                  strerror(errno));
    return false;
}

static bool take_grant(struct key_options *options, struct authorize_grant *grant)
{
    scoped(buf) record = BUF_EMPTY(POLICY_TEXT_MAX);
    const struct policy policy = policy_key_of(options);
    return policy_encode(&policy, &record) == OK && authorize_take(grant, buf_bytes(&record)) == OK;
}

static bool search_file(const struct server_options *options, const struct account *account,
                        const struct endpoint *peer, const char *path, struct bytes blob,
                        struct authorize_grant *grant)
{
    scoped(buf) text = BUF_EMPTY(LIMIT_HOSTS_FILE);
    if (!read_keys(options, account, path, &text))
        return false;

    const struct key_options_circumstances circumstances = circumstances_of(peer);
    struct key_options found;
    key_options_init(&found);
    struct authorized_keys_answer answer =
        authorized_keys_find(buf_bytes(&text), blob, &circumstances, &found);
    if (answer.line == 0 && answer.refused_line > 0)
        log_info("%s:%zu: the key is not used: %s", path, answer.refused_line, answer.refusal);
    bool may = answer.line > 0 && take_grant(&found, grant);
    key_options_wipe(&found);
    return may;
}

bool authorize_key(const struct server_options *options, const struct account *account,
                   const struct endpoint *peer, struct bytes blob, struct authorize_grant *grant)
{
    const struct option_list *files = &options->authorized_keys_file;
    for (size_t i = 0; i < files->count; i++) {
        scoped(buf) path = BUF_EMPTY(PATH_MAX);
        if (strcmp(files->items[i], "none") == 0)
            continue;
        if (key_file_expand(files->items[i], account, &path) != OK) {
            log_error("AuthorizedKeysFile %s is not usable", files->items[i]);
            continue;
        }
        if (search_file(options, account, peer, buf_text(&path), blob, grant))
            return true;
    }
    return false;
}
