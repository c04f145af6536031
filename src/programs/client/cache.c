/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/cache.h"

#include <stdio.h>
#include <string.h>

static const char heading[] =
    "# glassh: what is known of servers, for faster logins; may be deleted\n";

/* An empty field is written as "-". */
static bool take_field(struct bytes *line, char *text)
{
    struct bytes field = bytes_cut(line, '\t');
    return bytes_to_text(bytes_is(field, "-") ? BYTES_NONE : field, text, CACHE_TEXT_MAX);
}

static bool parse_line(struct bytes line, struct cache_entry *entry)
{
    char order[CACHE_TEXT_MAX];
    if (!take_field(&line, entry->host) || !take_field(&line, order) ||
        !take_field(&line, entry->kex) || !take_field(&line, entry->host_key) ||
        !take_field(&line, entry->key) || !take_field(&line, entry->software))
        return false;
    entry->is_careful = strcmp(order, "careful") == 0;
    bool is_order = entry->is_careful || strcmp(order, "fast") == 0;
    return line.len == 0 && entry->host[0] && is_order;
}

bool cache_find(struct bytes file, const char *host, struct cache_entry *entry)
{
    while (file.len) {
        struct bytes line = bytes_cut(&file, '\n');
        if (!bytes_starts(line, "#") && parse_line(line, entry) && strcmp(entry->host, host) == 0)
            return true;
    }
    *entry = (struct cache_entry){ 0 };
    (void)snprintf(entry->host, sizeof(entry->host), "%s", host);
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

static enum err put_line(struct buf *out, const struct cache_entry *entry)
{
    TRY(put_field(out, entry->host, '\t'));
    TRY(put_field(out, entry->is_careful ? "careful" : "fast", '\t'));
    TRY(put_field(out, entry->kex, '\t'));
    TRY(put_field(out, entry->host_key, '\t'));
    TRY(put_field(out, entry->key, '\t'));
    return put_field(out, entry->software, '\n');
}

enum err cache_replace(struct bytes file, const struct cache_entry *entry, struct buf *out)
{
    TRY(buf_append_text(out, heading));
    TRY(put_line(out, entry));
    for (size_t count = 1; file.len && count < CACHE_ENTRIES_MAX;) {
        struct cache_entry other;
        struct bytes line = bytes_cut(&file, '\n');
        if (bytes_starts(line, "#") || !parse_line(line, &other) ||
            strcmp(other.host, entry->host) == 0)
            continue;
        TRY(put_line(out, &other));
        count++;
    }
    return OK;
}
