/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/host_key.h"

#include "base/limits.h"
#include "crypto/random.h"
#include "keys/public_key.h"
#include "os/file.h"
#include "os/prompt.h"
#include "os/system_error.h"
#include "programs/client/host_key_text.h"
#include "programs/client/log.h"
#include "ssh/events.h"

#include <errno.h>
#include <string.h>

enum { NAME_LEN_MAX = 1024, ANSWER_MAX = 256 };

static void read_files(struct host_key *h, const struct option_list *paths)
{
    for (size_t i = 0; i < paths->count && h->file_count < HOST_KEY_FILES_MAX; i++) {
        struct buf *content = &h->contents[h->file_count];
        buf_init(content, LIMIT_HOSTS_FILE);
        enum err err = file_read(paths->items[i], content, NULL);
        if (err != OK && (err != ERR_SYSTEM || errno != ENOENT))
            log_write(OPTION_LOG_INFO, "glassh: %s: %s", paths->items[i], system_error_text(err));
        if (err != OK)
            buf_wipe(content);
        h->files[h->file_count++] =
            (struct known_hosts_file){ paths->items[i], buf_bytes(content) };
    }
}

/* An alias is used as it is, whatever the port. */
static enum err make_name(struct host_key *h)
{
    const struct client_options *o = h->options;
    if (o->host_key_alias)
        return known_hosts_name(bytes_text(o->host_key_alias), 22, &h->name);
    return known_hosts_name(bytes_text(o->hostname), (uint16_t)o->port, &h->name);
}

enum err host_key_init(struct host_key *h, const struct client_options *options,
                       const struct trace *trace)
{
    *h = (struct host_key){ .options = options, .trace = trace, .address = "" };
    buf_init(&h->name, NAME_LEN_MAX);
    buf_init(&h->accepted, LIMIT_KEY_BLOB);
    read_files(h, &options->user_known_hosts_file);
    read_files(h, &options->global_known_hosts_file);
    enum err err = make_name(h);
    if (err != OK)
        log_write(OPTION_LOG_ERROR, "glassh: \"%s\" cannot be the name of a host",
                  options->hostname);
    return err;
}

void host_key_wipe(struct host_key *h)
{
    for (size_t i = 0; i < h->file_count; i++)
        buf_wipe(&h->contents[i]);
    buf_wipe(&h->name);
    buf_wipe(&h->accepted);
    h->file_count = 0;
}

/* Which algorithms to offer. */

static enum err append_name(struct buf *out, struct bytes name, bool is_first)
{
    if (!is_first)
        TRY(buf_append_text(out, ","));
    return buf_append(out, name);
}

static bool is_known_type(struct bytes types, struct bytes algorithm)
{
    const struct key_algorithm *row = key_type_find(algorithm);
    return row && bytes_list_has(types, bytes_text(row->key_type));
}

bool host_key_is_known(const struct host_key *h, struct bytes algorithm)
{
    scoped(buf) types = BUF_EMPTY(NAME_LEN_MAX);
    enum err err = known_hosts_types(h->files, h->file_count, buf_bytes(&h->name), &types);
    return err == OK && is_known_type(buf_bytes(&types), algorithm);
}

enum err host_key_order(const struct host_key *h, struct bytes algorithms, struct buf *out)
{
    scoped(buf) types = BUF_EMPTY(NAME_LEN_MAX);
    size_t before = buf_len(out);
    if (known_hosts_types(h->files, h->file_count, buf_bytes(&h->name), &types) != OK)
        buf_clear(&types);
    for (int wants_known = 1; wants_known >= 0; wants_known--) {
        for (struct bytes rest = algorithms; rest.len;) {
            struct bytes name = bytes_cut(&rest, ',');
            if (is_known_type(buf_bytes(&types), name) == (wants_known == 1))
                TRY(append_name(out, name, buf_len(out) == before));
        }
    }
    return OK;
}

/* Verdicts. */

static void state(const struct host_key *h, const struct host_key_facts *facts, const char *verdict,
                  const char *source)
{
    TRACE(h->trace, &events_HOST_TRUST, trace_text("verdict", verdict),
          trace_text("source", source), trace_text("fingerprint", facts->fingerprint));
}

static void state_entry(const struct host_key *h, const struct host_key_facts *facts,
                        const char *verdict)
{
    scoped(buf) source = BUF_EMPTY(NAME_LEN_MAX + PATH_MAX);
    if (buf_format(&source, "%s:%zu", facts->entry.label, facts->entry.line) == OK)
        state(h, facts, verdict, buf_text(&source));
}

static bool refuse(const struct host_key *h, const struct host_key_facts *facts,
                   const char *verdict)
{
    if (facts->entry.line)
        state_entry(h, facts, verdict);
    else
        state(h, facts, verdict, "refused");
    log_write(OPTION_LOG_ERROR, "Host key verification failed.");
    return false;
}

static bool take_known(struct host_key *h, const struct host_key_facts *facts)
{
    log_write(OPTION_LOG_DEBUG1, "Host '%s' is known and matches the %s host key.",
              buf_text(&h->name), facts->type);
    log_write(OPTION_LOG_DEBUG1, "Found key in %s:%zu", facts->entry.label, facts->entry.line);
    state_entry(h, facts, "known");
    return true;
}

static enum err append_line(const char *path, struct bytes name, struct bytes blob, bool hashes)
{
    scoped(buf) line = BUF_EMPTY(LIMIT_LINE);
    TRY(known_hosts_line(name, blob, hashes ? random_source() : NULL, &line));
    TRY(file_make_parents(path));
    return file_append(path, buf_bytes(&line), 0600);
}

static void remember(const struct host_key *h, struct buf *name, const struct host_key_facts *facts)
{
    const struct option_list *paths = &h->options->user_known_hosts_file;
    if (paths->count == 0)
        return;
    if (append_line(paths->items[0], buf_bytes(name), facts->blob, h->options->hash_known_hosts) ==
        OK)
        log_write(OPTION_LOG_INFO,
                  "Warning: Permanently added '%s' (%s) to the list of known hosts.",
                  buf_text(name), facts->type);
    else
        log_write(OPTION_LOG_ERROR, "Failed to add the host to the list of known hosts (%s).",
                  paths->items[0]);
}

/* "yes", or the right fingerprint with or without the name of its hash. */
static bool is_agreement(const char *answer, const struct host_key_facts *facts)
{
    const char *bare = strchr(facts->fingerprint, ':');
    return strcasecmp(answer, "yes") == 0 || strcmp(answer, facts->fingerprint) == 0 ||
           (bare && answer[0] && strcmp(answer, bare + 1) == 0);
}

/* ERR_UNTRUSTED: no. Any other: nobody answered. An invalid answer replaces the question. */
static enum err ask(struct host_key *h, const struct host_key_facts *facts, struct buf *question)
{
    h->has_asked = true;
    for (;;) {
        scoped(buf) typed = BUF_EMPTY(ANSWER_MAX);
        char answer[ANSWER_MAX + 1];
        enum err err = prompt_ask(PROMPT_LINE, buf_text(question), &typed);
        if (err != OK && err != ERR_TOO_LONG)
            return err;
        bool fits = bytes_to_text(bytes_trim(buf_bytes(&typed)), answer, sizeof(answer));
        if (err == OK && fits && is_agreement(answer, facts))
            return OK;
        if (err == OK && fits && strcasecmp(answer, "no") == 0)
            return ERR_UNTRUSTED;
        buf_clear(question);
        TRY(buf_append_text(question, "Please type 'yes', 'no' or the fingerprint: "));
    }
}

static bool ask_about_new(struct host_key *h, const struct host_key_facts *facts)
{
    scoped(buf) question = BUF_EMPTY(LIMIT_LINE);
    enum err err = host_key_text_question(h, facts, &question);
    if (err == OK)
        err = ask(h, facts, &question);
    if (err != OK && err != ERR_UNTRUSTED)
        host_key_text_nobody(facts);
    return err == OK;
}

static bool take_new(struct host_key *h, const struct host_key_facts *facts)
{
    enum client_checking checking = h->options->strict_host_key_checking;
    if (checking == CLIENT_CHECKING_STRICT) {
        log_write(OPTION_LOG_ERROR,
                  "No %s host key is known for %s and you have requested strict checking.",
                  facts->type, buf_text(&h->name));
        return refuse(h, facts, "new");
    }
    if (checking == CLIENT_CHECKING_ASK && h->options->batch_mode) {
        host_key_text_nobody(facts);
        return refuse(h, facts, "new");
    }
    if (checking == CLIENT_CHECKING_ASK && !ask_about_new(h, facts))
        return refuse(h, facts, "new");
    state(h, facts, "new", checking == CLIENT_CHECKING_ASK ? "you said yes" : "not asked");
    remember(h, &h->name, facts);
    return true;
}

static bool take_changed(struct host_key *h, const struct host_key_facts *facts)
{
    host_key_text_changed(h, facts);
    if (h->options->strict_host_key_checking != CLIENT_CHECKING_OFF)
        return refuse(h, facts,
                      h->verdict == KNOWN_HOSTS_OTHER_TYPE ? "of another type" : "changed");
    log_write(OPTION_LOG_ERROR, "Password authentication is disabled to avoid man-in-the-middle "
                                "attacks.");
    log_write(OPTION_LOG_ERROR, "Keyboard-interactive authentication is disabled to avoid "
                                "man-in-the-middle attacks.");
    h->has_changed = true;
    state_entry(h, facts, "changed, and not checked");
    return true;
}

static bool take_revoked(struct host_key *h, const struct host_key_facts *facts)
{
    host_key_text_revoked(h, facts);
    return refuse(h, facts, "revoked");
}

/* A server that is unknown on another port may be known by its plain name. */
static struct known_hosts_answer check(const struct host_key *h, struct bytes blob)
{
    struct known_hosts_answer answer =
        known_hosts_check(h->files, h->file_count, buf_bytes(&h->name), blob);
    if (answer.verdict != KNOWN_HOSTS_NEW || h->options->host_key_alias || h->options->port == 22)
        return answer;
    struct known_hosts_answer plain =
        known_hosts_check(h->files, h->file_count, bytes_text(h->options->hostname), blob);
    bool counts = plain.verdict == KNOWN_HOSTS_KNOWN || plain.verdict == KNOWN_HOSTS_REVOKED;
    return counts ? plain : answer;
}

/* Many hosts may be reached through this machine, and the address behind a proxy is not known. */
static bool address_counts(const struct host_key *h)
{
    bool is_known = h->address[0] && strcmp(h->address, "UNKNOWN") != 0;
    bool is_local = strncmp(h->address, "127.", 4) == 0 || strcmp(h->address, "::1") == 0;
    return h->options->check_host_ip && is_known && !is_local && !h->options->host_key_alias &&
           strcmp(h->address, h->options->hostname) != 0;
}

static bool take_other_address(struct host_key *h, const struct host_key_facts *facts,
                               struct buf *address, const struct known_hosts_entry *entry)
{
    enum client_checking checking = h->options->strict_host_key_checking;
    scoped(buf) text = BUF_EMPTY(LIMIT_LINE);
    if (host_key_text_address(h, facts, buf_text(address), entry, &text) != OK)
        return false;
    if (checking == CLIENT_CHECKING_ASK && !h->options->batch_mode) {
        enum err err =
            buf_append_text(&text, "Are you sure you want to continue connecting (yes/no)? ");
        if (err == OK)
            err = ask(h, facts, &text);
        return err == OK || refuse(h, facts, "not the address's");
    }
    log_text(OPTION_LOG_ERROR, buf_text(&text));
    return checking == CLIENT_CHECKING_OFF || refuse(h, facts, "not the address's");
}

/* The host's key is right; CheckHostIP wants its address to be known with the same key. */
static bool check_address(struct host_key *h, const struct host_key_facts *facts)
{
    scoped(buf) name = BUF_EMPTY(NAME_LEN_MAX);
    if (!address_counts(h))
        return true;
    if (known_hosts_name(bytes_text(h->address), (uint16_t)h->options->port, &name) != OK)
        return refuse(h, facts, "without an address");
    struct known_hosts_answer answer =
        known_hosts_check(h->files, h->file_count, buf_bytes(&name), facts->blob);
    switch (answer.verdict) {
    case KNOWN_HOSTS_KNOWN:
        return true;
    case KNOWN_HOSTS_NEW:
    case KNOWN_HOSTS_OTHER_TYPE:
        remember(h, &name, facts);
        return true;
    case KNOWN_HOSTS_CHANGED:
        return take_other_address(h, facts, &name, &answer.entry);
    case KNOWN_HOSTS_REVOKED:
        return take_revoked(h, facts);
    }
    return false;
}

static bool judge_first(struct host_key *h, const struct host_key_facts *facts)
{
    switch (h->verdict) {
    case KNOWN_HOSTS_NEW:
        return take_new(h, facts);
    case KNOWN_HOSTS_OTHER_TYPE:
    case KNOWN_HOSTS_CHANGED:
        return take_changed(h, facts);
    case KNOWN_HOSTS_KNOWN:
        return take_known(h, facts);
    case KNOWN_HOSTS_REVOKED:
        return take_revoked(h, facts);
    }
    return false;
}

bool host_key_judge(struct host_key *h, struct bytes blob, bool is_rekey)
{
    if (is_rekey && bytes_equal(blob, buf_bytes(&h->accepted)))
        return true;
    struct host_key_facts facts;
    if (host_key_text_facts(blob, h->options->fingerprint_hash, &facts) != OK)
        return false;
    log_write(OPTION_LOG_DEBUG1, "Server host key: %s %s", facts.key_type, facts.fingerprint);
    struct known_hosts_answer answer = check(h, blob);
    facts.entry = answer.entry;
    h->verdict = answer.verdict;
    /* There are no questions in the middle of a session: another key must be a known one. */
    if (is_rekey && answer.verdict != KNOWN_HOSTS_KNOWN) {
        log_write(OPTION_LOG_ERROR, "glassh: the server showed another host key in the middle of "
                                    "the connection.");
        return refuse(h, &facts, "changed");
    }
    if (!judge_first(h, &facts))
        return false;
    bool is_right = answer.verdict == KNOWN_HOSTS_KNOWN || answer.verdict == KNOWN_HOSTS_NEW;
    if (is_right && !is_rekey && !check_address(h, &facts))
        return false;
    if (h->options->visual_host_key && !h->has_asked)
        host_key_text_picture(&facts);
    buf_clear(&h->accepted);
    return buf_append(&h->accepted, blob) == OK;
}
