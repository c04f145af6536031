/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/identities.h"

#include "agent/agent_message.h"
#include "base/check.h"
#include "base/escape.h"
#include "base/limits.h"
#include "keys/public_key.h"
#include "os/file.h"
#include "os/prompt.h"
#include "programs/client/log.h"
#include "programs/client/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Ranks: where a key comes from, then (for keys without a given order) its type. */
enum {
    RANK_REMEMBERED = 0,
    RANK_NAMED = 100,
    RANK_AGENT = 1000,
    RANK_USUAL = 2000,
    RANK_USELESS = 3000
};

static unsigned rank_of_type(struct bytes blob)
{
    struct bytes type = public_key_blob_type(blob);
    if (bytes_is(type, "ssh-ed25519"))
        return 0;
    return bytes_is(type, "ssh-rsa") ? 2 : 1;
}

static struct identity *add(struct identities *all, struct bytes name, unsigned rank)
{
    if (all->count == IDENTITIES_MAX)
        return NULL;
    struct identity *i = calloc(1, sizeof(*i));
    CHECK(i != NULL);
    (void)escape_text(name, i->name, sizeof(i->name));
    buf_init(&i->blob, LIMIT_KEY_BLOB);
    i->rank = rank;
    all->items[all->count++] = i;
    return i;
}

static void drop_last(struct identities *all)
{
    struct identity *i = all->items[--all->count];
    private_key_free(i->key);
    buf_wipe(&i->blob);
    free(i);
}

static bool know_blob(struct identity *i, struct bytes blob)
{
    scoped(buf) text = BUF_EMPTY(sizeof(i->fingerprint));
    buf_clear(&i->blob);
    if (buf_append(&i->blob, blob) != OK ||
        public_key_fingerprint(blob, DIGEST_SHA256, &text) != OK)
        return false;
    return bytes_to_text(buf_bytes(&text), i->fingerprint, sizeof(i->fingerprint));
}

static struct identity *find(const struct identities *all, struct bytes blob)
{
    for (size_t i = 0; i < all->count; i++) {
        if (blob.len && bytes_equal(buf_bytes(&all->items[i]->blob), blob))
            return all->items[i];
    }
    return NULL;
}

/* Files. */

static bool is_private(const char *path, const struct stat *facts)
{
    unsigned mode = facts->st_mode & 0777;
    if (facts->st_uid != getuid() || (mode & 077) == 0)
        return true;
    log_write(OPTION_LOG_ERROR, "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@");
    log_write(OPTION_LOG_ERROR, "@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @");
    log_write(OPTION_LOG_ERROR, "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@");
    log_write(OPTION_LOG_ERROR, "Permissions 0%03o for '%s' are too open.", mode, path);
    log_write(OPTION_LOG_ERROR,
              "Others could read this private key, so it is not used. "
              "To protect it: chmod 600 %s",
              path);
    return false;
}

static bool parse_public(struct bytes content, struct buf *blob)
{
    struct bytes type, comment;
    struct bytes line = bytes_cut(&content, '\n');
    if (bytes_ends(line, "\r"))
        line.len--;
    return public_key_parse_line(line, &type, blob, &comment) == OK;
}

/* The public half next to a private file that does not show it. */
static bool read_public_beside(const char *path, struct buf *blob)
{
    scoped(buf) content = BUF_EMPTY(LIMIT_KEY_FILE);
    char beside[PATH_MAX + 8];
    (void)snprintf(beside, sizeof(beside), "%s.pub", path);
    return file_read(beside, &content, NULL) == OK && parse_public(buf_bytes(&content), blob);
}

static bool take_locked(struct identity *i, const char *path, struct bytes content)
{
    scoped(buf) blob = BUF_EMPTY(LIMIT_KEY_BLOB);
    i->is_locked = true;
    if (private_key_peek_public(content, &blob) != OK) {
        buf_clear(&blob);
        if (!read_public_beside(path, &blob))
            return true;
    }
    return know_blob(i, buf_bytes(&blob));
}

static void tell_bad_file(const char *path, struct bytes content, enum err err)
{
    const char *guess = private_key_diagnose(content);
    log_write(OPTION_LOG_ERROR, "Load key \"%s\": %s", path, guess ? guess : err_text(err));
}

static enum err parse(struct bytes content, const struct bytes *passphrase,
                      struct private_key **key)
{
    struct private_key *parsed;
    TRY(private_key_parse(content, passphrase, &parsed));
    enum err err = private_key_judge(parsed);
    if (err == OK)
        *key = parsed;
    else
        private_key_free(parsed);
    return err;
}

/* Whether the content is a usable key. */
static bool take_content(struct identity *i, const char *path, struct bytes content,
                         const struct stat *facts)
{
    scoped(buf) blob = BUF_EMPTY(LIMIT_KEY_BLOB);
    if (parse_public(content, &blob))
        return know_blob(i, buf_bytes(&blob));
    if (!is_private(path, facts))
        return false;
    enum err err = parse(content, NULL, &i->key);
    if (err == ERR_NEEDS_PASSPHRASE)
        return take_locked(i, path, content);
    if (err == OK)
        return know_blob(i, private_key_public_blob(i->key));
    tell_bad_file(path, content, err);
    return false;
}

static bool take_missing(struct identity *i, const char *path, bool is_named)
{
    int reason = errno;
    scoped(buf) blob = BUF_EMPTY(LIMIT_KEY_BLOB);
    if (read_public_beside(path, &blob))
        return know_blob(i, buf_bytes(&blob));
    log_write(is_named ? OPTION_LOG_INFO : OPTION_LOG_DEBUG1,
              is_named ? "Warning: Identity file %s not accessible: %s." : "identity file %s: %s",
              path, strerror(reason));
    return false;
}

static void load_file(struct identities *all, const char *path, bool is_named, unsigned rank)
{
    struct identity *i = add(all, bytes_text(path), rank);
    if (!i)
        return;
    i->path = path;
    scoped(buf) content = BUF_EMPTY(LIMIT_KEY_FILE);
    struct stat facts;
    enum err err = file_read(path, &content, &facts);
    bool is_usable = false;
    if (err == OK)
        is_usable = take_content(i, path, buf_bytes(&content), &facts);
    else if (err == ERR_SYSTEM)
        is_usable = take_missing(i, path, is_named);
    else
        tell_bad_file(path, BYTES_NONE, err);
    if (!is_usable)
        drop_last(all);
    else if (!is_named)
        i->rank += rank_of_type(buf_bytes(&i->blob));
}

/* The agent. */

static const char *agent_path(const char *wish)
{
    if (!wish || strcmp(wish, "SSH_AUTH_SOCK") == 0)
        return getenv("SSH_AUTH_SOCK");
    if (strcmp(wish, "none") == 0)
        return NULL;
    return wish[0] == '$' ? getenv(wish + 1) : wish;
}

static void take_agent_key(struct identities *all, struct bytes blob, struct bytes comment,
                           bool only_known)
{
    struct identity *known = find(all, blob);
    if (known) {
        known->is_in_agent = true;
        return;
    }
    if (only_known)
        return;
    struct identity *i = add(all, comment, RANK_AGENT + rank_of_type(blob));
    if (!i)
        return;
    i->is_in_agent = true;
    if (!know_blob(i, blob))
        drop_last(all);
}

static void load_agent(struct identities *all, const struct client_options *options)
{
    const char *path = agent_path(options->identity_agent);
    if (!path || !path[0])
        return;
    if (agent_client_open(path, &all->agent) != OK) {
        log_write(OPTION_LOG_DEBUG1, "no agent at %s: %s", path, strerror(errno));
        return;
    }
    scoped(buf) frame = BUF_EMPTY(4 + AGENT_FRAME_MAX);
    struct bytes keys, blob, comment;
    size_t count;
    enum err err = agent_client_list(&all->agent, &frame, &keys, &count);
    if (err != OK) {
        log_write(OPTION_LOG_DEBUG1, "the agent does not list its keys: %s", err_text(err));
        return;
    }
    while (agent_message_next_key(&keys, &blob, &comment))
        take_agent_key(all, blob, comment, options->identities_only);
}

static bool has_private_half(const struct identity *i)
{
    return i->key || i->is_locked || i->is_in_agent;
}

static unsigned final_rank(const struct identity *i, const struct cache_entry *remembered)
{
    if (!has_private_half(i))
        return RANK_USELESS;
    return cache_has_key(remembered, i->fingerprint) ? (unsigned)RANK_REMEMBERED : i->rank;
}

static void sort(struct identities *all, const struct cache_entry *remembered)
{
    for (size_t n = 0; n < all->count; n++) {
        struct identity *i = all->items[n];
        size_t at = n;
        i->rank = final_rank(i, remembered);
        for (; at > 0 && all->items[at - 1]->rank > i->rank; at--)
            all->items[at] = all->items[at - 1];
        all->items[at] = i;
    }
}

void identities_load(struct identities *all, const struct settings *settings,
                     const struct cache_entry *remembered)
{
    const struct option_list *paths = &settings->resolved.identity_paths;
    bool is_named = client_options_given(&settings->options, "IdentityFile");
    *all = (struct identities){ .agent = AGENT_CLIENT_NONE };
    for (size_t i = 0; i < paths->count; i++)
        load_file(all, paths->items[i], is_named,
                  is_named ? RANK_NAMED + (unsigned)i : (unsigned)RANK_USUAL);
    load_agent(all, &settings->options);
    sort(all, remembered);
}

void identities_wipe(struct identities *all)
{
    while (all->count)
        drop_last(all);
    agent_client_close(&all->agent);
}

void identities_tell_halves(const struct identities *all)
{
    for (size_t n = 0; n < all->count; n++) {
        if (!has_private_half(all->items[n]))
            log_write(OPTION_LOG_INFO,
                      "glassh: %s is only the public half of a key, and no agent has the other.",
                      all->items[n]->name);
    }
}

/* Use. */

enum err identities_unlock(struct identity *i, int prompts)
{
    scoped(buf) content = BUF_EMPTY(LIMIT_KEY_FILE);
    scoped(buf) question = BUF_EMPTY(IDENTITIES_NAME_MAX + 64);
    TRY(file_read(i->path, &content, NULL));
    TRY(buf_format(&question, "Enter passphrase for key '%s': ", i->name));
    for (; prompts > 0; prompts--) {
        scoped(buf) answer = BUF_EMPTY(LIMIT_PASSPHRASE);
        TRY(prompt_ask(PROMPT_SECRET, buf_text(&question), &answer));
        if (buf_len(&answer) == 0)
            return ERR_SYSTEM;
        struct bytes passphrase = buf_bytes(&answer);
        enum err err = parse(buf_bytes(&content), &passphrase, &i->key);
        if (err == OK) {
            i->is_locked = false;
            return know_blob(i, private_key_public_blob(i->key)) ? OK : ERR_BAD_VALUE;
        }
        if (err != ERR_WRONG_PASSPHRASE) {
            tell_bad_file(i->name, buf_bytes(&content), err);
            return err;
        }
        if (prompts > 1)
            log_write(OPTION_LOG_INFO, "Bad passphrase, try again for %s.", i->name);
    }
    return ERR_WRONG_PASSPHRASE;
}

/* Keys on a token need a touch: they are offered before they are used for signing. */
bool identities_signs_at_once(const struct identity *i)
{
    return i->key ||
           (i->is_in_agent && !bytes_starts(public_key_blob_type(buf_bytes(&i->blob)), "sk-"));
}

enum err identities_sign(struct identities *all, struct bytes blob, struct bytes algorithm,
                         struct bytes message, struct buf *signature)
{
    struct identity *i = find(all, blob);
    if (!i)
        return ERR_UNSUPPORTED;
    if (i->key)
        return private_key_sign(i->key, algorithm, message, signature);
    return i->is_in_agent ? agent_client_sign(&all->agent, blob, algorithm, message, signature)
                          : ERR_UNSUPPORTED;
}
