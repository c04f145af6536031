/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/escape.h"

#include <stdio.h>
#include <string.h>

/* The length of the valid UTF-8 sequence at the front (RFC 3629), or 0. */
static size_t sequence(struct bytes text, uint32_t *point)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    uint8_t first = text.data[0];
    size_t len = first < 0x80 ? 1 : (first & 0xe0) == 0xc0 ? 2 : (first & 0xf0) == 0xe0 ? 3 : 4;
    if (first < 0x80) {
        *point = first;
        return 1;
    }
    if (first < 0xc2 || first > 0xf4 || text.len < len)
        return 0;
    uint32_t value = first & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((text.data[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (text.data[i] & 0x3f);
    }
    if (value < smallest[len] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
        return 0;
    *point = value;
    return len;
}

static bool is_bidi(uint32_t c)
{
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e ||
           c == 0x200f || c == 0x061c;
}

static bool is_harmless(uint32_t c)
{
    return c >= 0x20 && c != 0x7f && !(c >= 0x80 && c < 0xa0) && !is_bidi(c) && c != 0x2028 &&
           c != 0x2029 && c != 0xfeff;
}

/* Escapes one character, into at most 12 octets; returns how many octets of the text it took. */
static size_t one(struct bytes text, enum escape_flags flags, char out[16])
{
    uint32_t c = 0;
    size_t len = sequence(text, &c);
    bool keeps = flags == ESCAPE_KEEP_LINES && (c == '\n' || c == '\t');
    if (flags == ESCAPE_KEEP_LINES && c == '\r' && text.len > 1 && text.data[1] == '\n') {
        out[0] = 0;
        return 1;
    }
    if (len && (keeps || is_harmless(c))) {
        memcpy(out, text.data, len);
        out[len] = 0;
        return len;
    }
    if (len > 1)
        (void)snprintf(out, 16, "\\u{%x}", (unsigned)c);
    else
        (void)snprintf(out, 16, "\\x%02x", text.data[0]);
    return len ? len : 1;
}

enum err escape_append(struct buf *out, struct bytes text, enum escape_flags flags, size_t max)
{
    size_t written = 0;
    while (text.len) {
        char piece[16];
        size_t took = one(text, flags, piece);
        size_t len = strlen(piece);
        if (written + len > max)
            return buf_append_text(out, "...");
        TRY(buf_append_text(out, piece));
        written += len;
        text = bytes_skip(text, took);
    }
    return OK;
}

const char *escape_text(struct bytes text, char *out, size_t size)
{
    scoped(buf) whole = BUF_EMPTY(size + 16);
    size_t max = size > 4 ? size - 4 : 0;
    enum err err = escape_append(&whole, text, ESCAPE_LINE, max);
    (void)snprintf(out, size, "%s", err == OK ? buf_text(&whole) : "");
    return out;
}
