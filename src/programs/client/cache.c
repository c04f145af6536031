/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/cache.h"

#include "base/base64.h"
#include "base/check.h"
#include "crypto/mac.h"

#include <stdio.h>
#include <string.h>

static const char heading[] =
    "# glassh: what is known of servers, for faster logins; may be deleted\n";

/* Takes what precedes the first entry. */
static bool take_secret(struct bytes *file, uint8_t secret[CACHE_SECRET_LEN])
{
    scoped(buf) decoded = BUF_EMPTY(CACHE_TEXT_MAX);
    if (!bytes_starts(*file, heading))
        return false;
    (void)bytes_cut(file, '\n');
    struct bytes line = bytes_cut(file, '\n');
    if (!bytes_is(bytes_cut(&line, '\t'), "secret") || base64_decode(line, &decoded) != OK ||
        buf_len(&decoded) != CACHE_SECRET_LEN)
        return false;
    memcpy(secret, buf_bytes(&decoded).data, CACHE_SECRET_LEN);
    return true;
}

bool cache_is_valid(struct bytes file)
{
    uint8_t secret[CACHE_SECRET_LEN];
    return take_secret(&file, secret);
}

struct mark {
    char text[CACHE_TEXT_MAX];
};

/* Zero octets separate the parts, which contain none. */
static struct mark mark_of(const struct cache_entry *entry, const char *fingerprint)
{
    uint8_t code[DIGEST_LEN_MAX];
    struct mark mark;
    scoped(buf) text = BUF_EMPTY(CACHE_TEXT_MAX);
    struct mac *mac = mac_new(DIGEST_SHA256, bytes_of(entry->secret, CACHE_SECRET_LEN));
    const struct bytes parts[] = { bytes_text(entry->host), bytes_of("", 1),
                                   bytes_text(fingerprint) };
    mac_sum(mac, parts, sizeof(parts) / sizeof(parts[0]), code);
    mac_free(mac);
    enum err err = base64_encode(bytes_of(code, digest_len(DIGEST_SHA256)), false, &text);
    CHECK(err == OK && bytes_to_text(buf_bytes(&text), mark.text, sizeof(mark.text)));
    return mark;
}

bool cache_has_key(const struct cache_entry *entry, const char *fingerprint)
{
    return fingerprint[0] && strcmp(mark_of(entry, fingerprint).text, entry->key) == 0;
}

void cache_set_key(struct cache_entry *entry, const char *fingerprint)
{
    (void)snprintf(entry->key, sizeof(entry->key), "%s",
                   fingerprint[0] ? mark_of(entry, fingerprint).text : "");
}

/* An empty field is written as "-". */
static bool take_field(struct bytes *line, char *text)
{
    struct bytes field = bytes_cut(line, '\t');
    return bytes_to_text(bytes_is(field, "-") ? BYTES_NONE : field, text, CACHE_TEXT_MAX);
}

/* Sets the fields that an entry has in the file. */
static bool parse_line(struct bytes line, struct mark *mark, struct cache_entry *entry)
{
    char order[CACHE_TEXT_MAX];
    if (!take_field(&line, mark->text) || !take_field(&line, order) ||
        !take_field(&line, entry->kex) || !take_field(&line, entry->host_key) ||
        !take_field(&line, entry->key))
        return false;
    entry->is_careful = strcmp(order, "careful") == 0;
    bool is_order = entry->is_careful || strcmp(order, "fast") == 0;
    return line.len == 0 && mark->text[0] && is_order;
}

bool cache_find(struct bytes file, const char *host, const struct rng *rng,
                struct cache_entry *entry)
{
    struct cache_entry empty = { 0 };
    struct mark mark;
    (void)snprintf(empty.host, sizeof(empty.host), "%s", host);
    if (!take_secret(&file, empty.secret)) {
        rng_fill(rng, empty.secret, CACHE_SECRET_LEN);
        file = BYTES_NONE;
    }
    const struct mark wanted = mark_of(&empty, "");
    *entry = empty;
    while (file.len) {
        if (parse_line(bytes_cut(&file, '\n'), &mark, entry) && strcmp(mark.text, wanted.text) == 0)
            return true;
    }
    *entry = empty;
    return false;
}

/* A peer's text may hold anything: what would break the line becomes '?'. */
static enum err put_field(struct buf *out, const char *text, char separator)
{
    if (!text[0])
        text = "-";
    for (; *text; text++) {
        bool is_plain = (unsigned char)*text >= 0x20 && *text != 0x7f;
        TRY(buf_append(out, bytes_of(is_plain ? text : "?", 1)));
    }
    return buf_append(out, bytes_of(&separator, 1));
}

static enum err put_line(struct buf *out, const struct mark *mark, const struct cache_entry *entry)
{
    TRY(put_field(out, mark->text, '\t'));
    TRY(put_field(out, entry->is_careful ? "careful" : "fast", '\t'));
    TRY(put_field(out, entry->kex, '\t'));
    TRY(put_field(out, entry->host_key, '\t'));
    return put_field(out, entry->key, '\n');
}

static enum err put_head(struct buf *out, const struct cache_entry *entry)
{
    TRY(buf_append_text(out, heading));
    TRY(buf_append_text(out, "secret\t"));
    TRY(base64_encode(bytes_of(entry->secret, CACHE_SECRET_LEN), true, out));
    return buf_append_text(out, "\n");
}

enum err cache_replace(struct bytes file, const struct cache_entry *entry, struct buf *out)
{
    uint8_t secret[CACHE_SECRET_LEN];
    const struct mark own = mark_of(entry, "");
    if (!take_secret(&file, secret) || memcmp(secret, entry->secret, sizeof(secret)) != 0)
        file = BYTES_NONE;
    TRY(put_head(out, entry));
    TRY(put_line(out, &own, entry));
    for (size_t count = 1; file.len && count < CACHE_ENTRIES_MAX;) {
        struct cache_entry other;
        struct mark mark;
        if (!parse_line(bytes_cut(&file, '\n'), &mark, &other) || strcmp(mark.text, own.text) == 0)
            continue;
        TRY(put_line(out, &mark, &other));
        count++;
    }
    return OK;
}
