/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/authorize/authorize.h"

#include "base/check.h"
#include "base/limits.h"
#include "base/reader.h"
#include "programs/server/authorize/key_file.h"
#include "programs/server/authorize/keys_output.h"
#include "programs/server/authorize/policy_key.h"
#include "programs/server/common/account.h"
#include "programs/server/common/log.h"
#include "trust/authorized_keys.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

static struct key_options_circumstances circumstances_of(const struct inquiry *inquiry)
{
    time_t now = time(NULL);
    struct tm local = { 0 };
    (void)localtime_r(&now, &local);
    return (struct key_options_circumstances){
        .address = bytes_text(inquiry->address),
        .host_name = bytes_text(inquiry->host),
        .now = now,
        .utc_offset = local.tm_gmtoff,
    };
}

static bool read_keys(const struct inquiry *inquiry, const struct account *account,
                      const char *path, struct buf *text)
{
    scoped(buf) culprit = BUF_EMPTY(PATH_MAX);
    enum err err = key_file_read(path, account, inquiry->strict_modes, text, &culprit);
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

static bool search(const struct inquiry *inquiry, const char *name, struct bytes text,
                   struct buf *policy)
{
    const struct key_options_circumstances circumstances = circumstances_of(inquiry);
    struct key_options found;
    key_options_init(&found);
    struct authorized_keys_answer answer =
        authorized_keys_find(text, inquiry->blob, &circumstances, &found);
    if (answer.line == 0 && answer.refused_line > 0)
        log_info("%s:%zu: the key is not used: %s", name, answer.refused_line, answer.refusal);
    bool may = answer.line > 0;
    if (may) {
        const struct policy granted = policy_key_of(&found);
        may = policy_encode(&granted, policy) == OK;
    }
    key_options_wipe(&found);
    return may;
}

static bool search_file(const struct inquiry *inquiry, struct account *account, struct bytes file,
                        struct buf *policy)
{
    char pattern[PATH_MAX];
    scoped(buf) path = BUF_EMPTY(PATH_MAX);
    scoped(buf) text = BUF_EMPTY(LIMIT_HOSTS_FILE);
    if (!bytes_to_text(file, pattern, sizeof(pattern)) ||
        key_file_expand(pattern, account, &path) != OK) {
        log_error("AuthorizedKeysFile %s is not usable", pattern);
        return false;
    }
    return read_keys(inquiry, account, buf_text(&path), &text) &&
           search(inquiry, buf_text(&path), buf_bytes(&text), policy);
}

static bool search_output(const struct inquiry *inquiry, int watch_fd, struct buf *policy)
{
    scoped(buf) text = BUF_EMPTY(LIMIT_HOSTS_FILE);
    return keys_output_read(inquiry->command, watch_fd, &text) &&
           search(inquiry, "AuthorizedKeysCommand", buf_bytes(&text), policy);
}

bool authorize_key(const struct inquiry *inquiry, int watch_fd, struct buf *policy)
{
    if (inquiry->command.len > 0)
        return search_output(inquiry, watch_fd, policy);
    static char shell[1];
    struct account account = { .uid = inquiry->uid,
                               .name = (char *)(uintptr_t)inquiry->user,
                               .home = (char *)(uintptr_t)inquiry->home,
                               .shell = shell };
    struct reader r = reader_over(inquiry->files, NULL);
    while (reader_more(&r)) {
        struct bytes file = reader_string(&r, "file");
        if (!bytes_is(file, "none") && search_file(inquiry, &account, file, policy))
            return true;
    }
    return false;
}
