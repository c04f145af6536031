/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/host_key_text.h"

#include "base/escape.h"
#include "base/limits.h"
#include "keys/public_key.h"
#include "programs/client/log.h"

#include <stdio.h>
#include <string.h>

enum { NAMES_MAX = 8, TEXT_MAX = 4096 };

enum err host_key_text_facts(struct bytes blob, enum option_fingerprint_hash hash,
                             struct host_key_facts *facts)
{
    *facts = (struct host_key_facts){ .blob = blob };
    scoped(buf) fingerprint = BUF_EMPTY(sizeof(facts->fingerprint));
    scoped(buf) picture = BUF_EMPTY(sizeof(facts->picture));
    struct bytes type = public_key_blob_type(blob);
    TRY(public_key_fingerprint(blob, hash == OPTION_MD5 ? DIGEST_MD5 : DIGEST_SHA256,
                               &fingerprint));
    TRY(public_key_randomart(blob, &picture));
    facts->type = public_key_short_name(type);
    bool fits =
        bytes_to_text(type, facts->key_type, sizeof(facts->key_type)) &&
        bytes_to_text(buf_bytes(&fingerprint), facts->fingerprint, sizeof(facts->fingerprint)) &&
        bytes_to_text(buf_bytes(&picture), facts->picture, sizeof(facts->picture));
    return fits ? OK : ERR_TOO_LONG;
}

/* The names that this very key is already known by. */
static enum err tell_other_names(const struct host_key *h, const struct host_key_facts *facts,
                                 struct buf *out)
{
    struct known_hosts_walk walk = known_hosts_walk(h->files, h->file_count);
    struct known_hosts_entry entry;
    size_t found = 0;
    while (known_hosts_next(&walk, &entry) && found < NAMES_MAX) {
        if (entry.marker != KNOWN_HOSTS_PLAIN || !known_hosts_has_key(&entry, facts->blob))
            continue;
        if (found++ == 0)
            TRY(buf_append_text(out, "This host key is known by the following other "
                                     "names/addresses:\n"));
        bool is_hashed = bytes_starts(entry.hosts, "|");
        TRY(buf_format(out, "    %s:%zu: ", entry.label, entry.line));
        TRY(escape_append(out, is_hashed ? bytes_text("[hashed name]") : entry.hosts, ESCAPE_LINE,
                          TEXT_MAX));
        TRY(buf_append_text(out, "\n"));
    }
    return found ? OK : buf_append_text(out, "This key is not known by any other names.\n");
}

enum err host_key_text_question(struct host_key *h, const struct host_key_facts *facts,
                                struct buf *out)
{
    const char *address = h->address;
    bool tells_address = address[0] && strcmp(address, h->options->hostname) != 0;
    TRY(buf_format(out, "The authenticity of host '%s%s%s%s' can't be established.\n",
                   buf_text(&h->name), tells_address ? " (" : "", tells_address ? address : "",
                   tells_address ? ")" : ""));
    TRY(buf_format(out, "%s key fingerprint is %s.\n%s", facts->type, facts->fingerprint,
                   facts->picture));
    TRY(tell_other_names(h, facts, out));
    return buf_append_text(out,
                           "Are you sure you want to continue connecting (yes/no/[fingerprint])? ");
}

enum err host_key_text_address(struct host_key *h, const struct host_key_facts *facts,
                               const char *address, const struct known_hosts_entry *entry,
                               struct buf *out)
{
    TRY(buf_format(out,
                   "Warning: the %s host key for '%s' differs from the key for the IP address "
                   "'%s'\n",
                   facts->type, buf_text(&h->name), address));
    return buf_format(out, "Offending key for IP in %s:%zu\n", entry->label, entry->line);
}

void host_key_text_nobody(const struct host_key_facts *facts)
{
    log_write(OPTION_LOG_ERROR,
              "glassh: the host is not known, and nobody can be asked whether its %s key %s is the "
              "right one. If it is: -o StrictHostKeyChecking=accept-new",
              facts->type, facts->fingerprint);
}

/* Appends the algorithms that the server says it has and for which a key is known. */
static enum err list_provable(const struct host_key *h, struct buf *out)
{
    for (struct bytes rest = h->server_algorithms; rest.len;) {
        struct bytes name = bytes_cut(&rest, ',');
        if (!host_key_is_known(h, name))
            continue;
        if (buf_len(out))
            TRY(buf_append_text(out, ","));
        TRY(buf_append(out, name));
    }
    return OK;
}

static void tell_keys(struct host_key *h, const struct host_key_facts *facts)
{
    const struct known_hosts_entry *entry = &facts->entry;
    scoped(buf) blob = BUF_EMPTY(LIMIT_KEY_BLOB);
    struct host_key_facts known;
    struct bytes type, comment;
    if (public_key_parse_line(entry->key, &type, &blob, &comment) == OK &&
        host_key_text_facts(buf_bytes(&blob), h->options->fingerprint_hash, &known) == OK)
        log_write(OPTION_LOG_ERROR, "  before  %s %s", known.type, known.fingerprint);
    log_write(OPTION_LOG_ERROR, "  now     %s %s", facts->type, facts->fingerprint);
    log_write(OPTION_LOG_ERROR, "Offending %s key in %s:%zu", public_key_short_name(entry->type),
              entry->label, entry->line);
}

/* ssh-keygen finds a line by one of its names, and leaves patterns alone. */
static bool has_plain_name(const struct host_key *h, const struct known_hosts_entry *entry)
{
    if (bytes_starts(entry->hosts, "|"))
        return true;
    for (struct bytes rest = entry->hosts; rest.len;) {
        if (bytes_equal(bytes_cut(&rest, ','), buf_bytes(&h->name)))
            return true;
    }
    return false;
}

static void tell_removal(struct host_key *h, const struct known_hosts_entry *entry)
{
    bool can_be_quoted = !strchr(entry->label, '\'') && !strchr(buf_text(&h->name), '\'');
    if (has_plain_name(h, entry) && can_be_quoted)
        log_write(OPTION_LOG_ERROR,
                  "If it is the one called \"now\", forget the known keys and connect again:\n"
                  "  ssh-keygen -R '%s' -f '%s'",
                  buf_text(&h->name), entry->label);
    else
        log_write(OPTION_LOG_ERROR,
                  "If it is the one called \"now\", remove line %zu of %s and connect again.",
                  entry->line, entry->label);
}

static bool goes_on(const struct host_key *h)
{
    return h->options->strict_host_key_checking == CLIENT_CHECKING_OFF;
}

static void tell_going_on(void)
{
    log_text(OPTION_LOG_ERROR,
             "Going on all the same, as StrictHostKeyChecking=no asks: whoever answers gets the\n"
             "user name, and all that this session sends but passwords.");
}

static void tell_changed(struct host_key *h, const struct host_key_facts *facts)
{
    const char *host = buf_text(&h->name);
    log_text(OPTION_LOG_ERROR, "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\n"
                               "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n"
                               "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@");
    if (h->verdict == KNOWN_HOSTS_OTHER_TYPE)
        log_write(OPTION_LOG_ERROR,
                  "%s is known by another type of key (%s), which it does not offer.", host,
                  public_key_short_name(facts->entry.type));
    else
        log_write(OPTION_LOG_ERROR, "%s has another %s key than before.", host, facts->type);
    tell_keys(h, facts);
    log_text(
        OPTION_LOG_ERROR,
        "Either the server was installed anew or got a new key, or someone between you and it\n"
        "answers in its place. This end cannot tell which.");
    if (goes_on(h))
        tell_going_on();
    else
        log_text(OPTION_LOG_ERROR, "Nothing secret was sent: no user name, no password, no key.");
    log_text(OPTION_LOG_ERROR,
             "What to do: ask the server's owner, by another way than this connection, for the\n"
             "fingerprint.");
    tell_removal(h, &facts->entry);
}

static void tell_further(struct host_key *h, const struct host_key_facts *facts,
                         const char *provable)
{
    const struct known_hosts_entry *entry = &facts->entry;
    log_write(
        OPTION_LOG_ERROR,
        "%s shows a further key, not a changed one: its %s key\n"
        "  %s\n"
        "is not known, its %s key is (%s:%zu), and it says that it has one of that type, too.\n"
        "HostKeyAlgorithms kept it from proving that one.",
        buf_text(&h->name), facts->type, facts->fingerprint, public_key_short_name(entry->type),
        entry->label, entry->line);
    if (goes_on(h))
        tell_going_on();
    else
        log_text(OPTION_LOG_ERROR, "Nothing secret was sent: no user name, no password, no key.");
    log_write(OPTION_LOG_ERROR, "To have it prove the known key: -o HostKeyAlgorithms=%s",
              provable);
}

void host_key_text_changed(struct host_key *h, const struct host_key_facts *facts)
{
    scoped(buf) provable = BUF_EMPTY(TEXT_MAX);
    if (h->verdict == KNOWN_HOSTS_OTHER_TYPE && list_provable(h, &provable) == OK &&
        buf_len(&provable))
        tell_further(h, facts, buf_text(&provable));
    else
        tell_changed(h, facts);
}

void host_key_text_revoked(struct host_key *h, const struct host_key_facts *facts)
{
    log_text(OPTION_LOG_ERROR, "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\n"
                               "@       WARNING: REVOKED HOST KEY DETECTED!               @\n"
                               "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@");
    log_write(OPTION_LOG_ERROR,
              "The %s host key %s of %s is marked as revoked in %s:%zu: somebody else may have it. "
              "Do not connect; ask the server's owner.",
              facts->type, facts->fingerprint, buf_text(&h->name), facts->entry.label,
              facts->entry.line);
}

void host_key_text_picture(const struct host_key_facts *facts)
{
    log_write(OPTION_LOG_INFO, "Host key fingerprint is %s", facts->fingerprint);
    log_text(OPTION_LOG_INFO, facts->picture);
}
