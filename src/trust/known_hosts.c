/* SPDX-License-Identifier: BSD-2-Clause */
#include "trust/known_hosts.h"

#include "base/base64.h"
#include "base/limits.h"
#include "base/pattern.h"
#include "crypto/mac.h"
#include "keys/public_key.h"

static const char HASH_MARK[] = "|1|";

enum { HASH_LEN = 20, DEFAULT_PORT = 22 };

/* ---- walking ---- */

struct known_hosts_walk known_hosts_walk(const struct known_hosts_file *files, size_t file_count)
{
    return (struct known_hosts_walk){
        .files = files,
        .file_count = file_count,
        .lines = text_lines_of(file_count ? files->text : BYTES_NONE),
    };
}

/* False for a marker that we do not know: we cannot guess what it means. */
static bool take_marker(struct bytes *line, enum known_hosts_marker *marker)
{
    *marker = KNOWN_HOSTS_PLAIN;
    if (!bytes_starts(*line, "@"))
        return true;
    struct bytes word = text_lines_word(line);
    *marker = bytes_is(word, "@revoked") ? KNOWN_HOSTS_REVOKED_KEY : KNOWN_HOSTS_AUTHORITY;
    return bytes_is(word, "@revoked") || bytes_is(word, "@cert-authority");
}

static bool parse_entry(struct bytes line, struct known_hosts_entry *entry)
{
    if (!take_marker(&line, &entry->marker))
        return false;
    entry->hosts = text_lines_word(&line);
    entry->key = line;
    entry->type = text_lines_word(&line);
    return line.len > 0;
}

bool known_hosts_next(struct known_hosts_walk *walk, struct known_hosts_entry *entry)
{
    for (;;) {
        struct bytes line;
        while (text_lines_next(&walk->lines, &line)) {
            *entry = (struct known_hosts_entry){ .label = walk->files->label,
                                                 .line = walk->lines.number };
            if (parse_entry(line, entry))
                return true;
        }
        if (walk->file_count <= 1)
            return false;
        *walk = known_hosts_walk(walk->files + 1, walk->file_count - 1);
    }
}

/* ---- hosts ---- */

static void hash_of(struct bytes host, struct bytes salt, uint8_t hash[HASH_LEN])
{
    struct mac *mac = mac_new(DIGEST_SHA1, salt);
    mac_sum(mac, &host, 1, hash);
    mac_free(mac);
}

/* "|1|salt|hash" */
static bool is_hash_of(struct bytes hosts, struct bytes host)
{
    scoped(buf) salt = BUF_EMPTY(2 * HASH_LEN);
    scoped(buf) wanted = BUF_EMPTY(2 * HASH_LEN);
    struct bytes rest = bytes_skip(hosts, sizeof(HASH_MARK) - 1);
    struct bytes salt_text = bytes_cut(&rest, '|');
    if (base64_decode(salt_text, &salt) != OK || base64_decode(rest, &wanted) != OK ||
        buf_len(&salt) != HASH_LEN)
        return false;
    uint8_t hash[HASH_LEN];
    hash_of(host, buf_bytes(&salt), hash);
    return bytes_equal(buf_bytes(&wanted), bytes_of(hash, HASH_LEN));
}

bool known_hosts_has_host(const struct known_hosts_entry *entry, struct bytes host)
{
    if (bytes_starts(entry->hosts, HASH_MARK))
        return is_hash_of(entry->hosts, host);
    return pattern_list_host(host, entry->hosts) == PATTERN_MATCH;
}

/* ---- keys ---- */

/* Appends the entry's blob; false when the line is damaged. */
static bool read_key(const struct known_hosts_entry *entry, struct buf *blob)
{
    struct bytes type, comment;
    return public_key_parse_line(entry->key, &type, blob, &comment) == OK;
}

bool known_hosts_has_key(const struct known_hosts_entry *entry, struct bytes blob)
{
    if (!bytes_equal(entry->type, public_key_blob_type(blob)))
        return false;
    scoped(buf) own = BUF_EMPTY(LIMIT_KEY_BLOB);
    return read_key(entry, &own) && bytes_equal(buf_bytes(&own), blob);
}

/* The verdict of an entry for the right host on the key. */
static enum known_hosts_verdict judge(const struct known_hosts_entry *entry, struct bytes blob)
{
    scoped(buf) own = BUF_EMPTY(LIMIT_KEY_BLOB);
    if (entry->marker == KNOWN_HOSTS_AUTHORITY || !read_key(entry, &own))
        return KNOWN_HOSTS_NEW;
    bool is_same = bytes_equal(buf_bytes(&own), blob);
    if (entry->marker == KNOWN_HOSTS_REVOKED_KEY)
        return is_same ? KNOWN_HOSTS_REVOKED : KNOWN_HOSTS_NEW;
    if (is_same)
        return KNOWN_HOSTS_KNOWN;
    bool is_same_type = bytes_equal(entry->type, public_key_blob_type(blob));
    return is_same_type ? KNOWN_HOSTS_CHANGED : KNOWN_HOSTS_OTHER_TYPE;
}

struct known_hosts_answer known_hosts_check(const struct known_hosts_file *files, size_t file_count,
                                            struct bytes host, struct bytes blob)
{
    struct known_hosts_answer answer = { .verdict = KNOWN_HOSTS_NEW };
    struct known_hosts_walk walk = known_hosts_walk(files, file_count);
    struct known_hosts_entry entry;
    while (known_hosts_next(&walk, &entry)) {
        if (!known_hosts_has_host(&entry, host))
            continue;
        enum known_hosts_verdict verdict = judge(&entry, blob);
        if (verdict > answer.verdict)
            answer = (struct known_hosts_answer){ verdict, entry };
    }
    return answer;
}

enum err known_hosts_types(const struct known_hosts_file *files, size_t file_count,
                           struct bytes host, struct buf *out)
{
    size_t before = buf_len(out);
    struct known_hosts_walk walk = known_hosts_walk(files, file_count);
    struct known_hosts_entry entry;
    while (known_hosts_next(&walk, &entry)) {
        scoped(buf) blob = BUF_EMPTY(LIMIT_KEY_BLOB);
        struct bytes types = bytes_skip(buf_bytes(out), before);
        if (entry.marker != KNOWN_HOSTS_PLAIN || bytes_list_has(types, entry.type) ||
            !known_hosts_has_host(&entry, host) || !read_key(&entry, &blob))
            continue;
        if (types.len)
            TRY(buf_append_text(out, ","));
        TRY(buf_append(out, entry.type));
    }
    return OK;
}

/* ---- writing ---- */

/* Whether the name cannot be taken for a pattern, a list, a marker or a hash. */
static bool is_plain_name(struct bytes name)
{
    const struct bytes special = BYTES_LITERAL("*?!|@#,\"\\");
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.data[i];
        if (c <= ' ' || c == 0x7f || bytes_find(special, c) < special.len)
            return false;
    }
    return name.len > 0;
}

static enum err append_lower(struct bytes text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        uint8_t lower = c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
        TRY(buf_append(out, bytes_of(&lower, 1)));
    }
    return OK;
}

enum err known_hosts_name(struct bytes host, uint16_t port, struct buf *out)
{
    if (!is_plain_name(host) || bytes_find(host, '[') < host.len ||
        bytes_find(host, ']') < host.len)
        return ERR_BAD_VALUE;
    if (port == DEFAULT_PORT)
        return append_lower(host, out);
    TRY(buf_append_text(out, "["));
    TRY(append_lower(host, out));
    return buf_format(out, "]:%u", port);
}

static enum err append_hashed(struct bytes name, const struct rng *rng, struct buf *out)
{
    uint8_t salt[HASH_LEN], hash[HASH_LEN];
    rng_fill(rng, salt, HASH_LEN);
    hash_of(name, bytes_of(salt, HASH_LEN), hash);
    TRY(buf_append_text(out, HASH_MARK));
    TRY(base64_encode(bytes_of(salt, HASH_LEN), true, out));
    TRY(buf_append_text(out, "|"));
    return base64_encode(bytes_of(hash, HASH_LEN), true, out);
}

static enum err append_line(struct bytes names, struct bytes blob, const struct rng *rng,
                            struct buf *out)
{
    TRY(rng ? append_hashed(names, rng, out) : buf_append(out, names));
    TRY(buf_append_text(out, " "));
    TRY(buf_append(out, public_key_blob_type(blob)));
    TRY(buf_append_text(out, " "));
    TRY(base64_encode(blob, true, out));
    return buf_append_text(out, "\n");
}

enum err known_hosts_line(struct bytes names, struct bytes blob, const struct rng *rng,
                          struct buf *out)
{
    bool is_list = bytes_find(names, ',') < names.len;
    if (names.len == 0 || (rng && is_list) || !is_plain_name(public_key_blob_type(blob)))
        return ERR_BAD_VALUE;
    for (struct bytes rest = names; rest.len;) {
        if (!is_plain_name(bytes_cut(&rest, ',')))
            return ERR_BAD_VALUE;
    }
    size_t before = buf_len(out);
    enum err err = append_line(names, blob, rng, out);
    if (err != OK)
        buf_truncate(out, before);
    return err;
}
