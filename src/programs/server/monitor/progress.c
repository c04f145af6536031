/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/progress.h"

#include "base/reader.h"
#include "base/writer.h"
#include "programs/server/common/log.h"
#include "programs/server/monitor/methods.h"

#include <string.h>

enum { KEYS_MAX = 256 * 1024, PROOFS_MAX = 32 * 1024 };

void progress_init(struct progress *progress)
{
    *progress = (struct progress){
        .all = AUTHORIZER_NOTHING,
        .used_keys = BUF_EMPTY(KEYS_MAX),
        .proofs = BUF_EMPTY(PROOFS_MAX),
    };
}

void progress_wipe(struct progress *progress)
{
    authorizer_wipe(&progress->all);
    buf_wipe(&progress->used_keys);
    buf_wipe(&progress->proofs);
    progress_init(progress);
}

bool progress_has_key(const struct progress *progress, struct bytes blob)
{
    struct reader r = reader_over(buf_bytes(&progress->used_keys), NULL);
    while (reader_more(&r))
        if (bytes_equal(reader_string(&r, "key"), blob))
            return true;
    return false;
}

struct policy progress_policy(const struct progress *progress, struct policy more)
{
    return progress->is_begun ? policy_intersect(progress->all.policy, more) : more;
}

/* A forced command must be the only one. */
static bool commands_differ(const struct policy *first, const struct policy *second)
{
    return first->command && second->command && strcmp(first->command, second->command) != 0;
}

enum err progress_add(struct progress *progress, const struct monitor_login *login,
                      struct policy more)
{
    if (progress->is_begun && commands_differ(&progress->all.policy, &more)) {
        log_error("the keys force different commands");
        return ERR_BAD_VALUE;
    }
    const struct policy sum = progress_policy(progress, more);
    scoped(buf) record = BUF_EMPTY(POLICY_TEXT_MAX);
    struct writer w = writer_to(&progress->used_keys);
    if (login->method == MONITOR_PUBLICKEY)
        writer_string(&w, login->key_blob);
    TRY(writer_end(&w));
    TRY(policy_encode(&sum, &record));
    TRY(authorizer_take(&progress->all, buf_bytes(&record)));
    progress->is_begun = true;
    return OK;
}

enum err progress_note(struct progress *progress, const struct monitor_login *login,
                       const char *device)
{
    size_t before = buf_len(&progress->proofs);
    struct writer w = writer_to(&progress->proofs);
    size_t mark = writer_open_string(&w);
    writer_octets(&w, bytes_text(methods_name(login->method)));
    if (login->method == MONITOR_INTERACTIVE && device) {
        writer_u8(&w, '/');
        writer_octets(&w, bytes_text(device));
    }
    writer_close_string(&w, mark);
    writer_string(&w, login->key_blob);
    enum err err = writer_end(&w);
    if (err != OK)
        progress_forget(progress, before);
    return err;
}

void progress_forget(struct progress *progress, size_t proofs_len)
{
    if (buf_len(&progress->proofs) > proofs_len)
        buf_truncate(&progress->proofs, proofs_len);
}
