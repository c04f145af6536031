/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/bytes.h"

#include <string.h>

struct bytes bytes_of(const void *data, size_t len)
{
    return (struct bytes){ data, len };
}

struct bytes bytes_text(const char *text)
{
    return (struct bytes){ (const uint8_t *)text, text ? strlen(text) : 0 };
}

struct bytes bytes_span(struct span span)
{
    return (struct bytes){ span.data, span.len };
}

bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool bytes_is(struct bytes a, const char *text)
{
    return bytes_equal(a, bytes_text(text));
}

bool bytes_starts(struct bytes a, const char *prefix)
{
    return bytes_is(bytes_slice(a, 0, strlen(prefix)), prefix);
}

bool bytes_ends(struct bytes a, const char *suffix)
{
    size_t len = strlen(suffix);
    return a.len >= len && bytes_is(bytes_skip(a, a.len - len), suffix);
}

struct bytes bytes_slice(struct bytes a, size_t from, size_t len)
{
    if (from >= a.len)
        return BYTES_NONE;
    size_t rest = a.len - from;
    return (struct bytes){ a.data + from, len < rest ? len : rest };
}

struct bytes bytes_skip(struct bytes a, size_t count)
{
    return bytes_slice(a, count, a.len);
}

struct span bytes_span_skip(struct span a, size_t count)
{
    if (count >= a.len)
        return (struct span){ NULL, 0 };
    return (struct span){ a.data + count, a.len - count };
}

size_t bytes_find(struct bytes a, uint8_t c)
{
    const uint8_t *at = a.len ? memchr(a.data, c, a.len) : NULL;
    return at ? (size_t)(at - a.data) : a.len;
}

struct bytes bytes_cut(struct bytes *list, uint8_t separator)
{
    size_t at = bytes_find(*list, separator);
    struct bytes part = bytes_slice(*list, 0, at);
    *list = bytes_skip(*list, at + 1);
    return part;
}

bool bytes_list_has(struct bytes list, struct bytes name)
{
    while (list.len) {
        if (bytes_equal(bytes_cut(&list, ','), name))
            return true;
    }
    return false;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

struct bytes bytes_trim(struct bytes a)
{
    while (a.len && is_blank(a.data[0]))
        a = bytes_skip(a, 1);
    while (a.len && is_blank(a.data[a.len - 1]))
        a.len--;
    return a;
}

bool bytes_to_text(struct bytes a, char *text, size_t size)
{
    bool fits = a.len < size && bytes_find(a, 0) == a.len;
    if (size)
        text[fits ? a.len : 0] = 0;
    if (fits && a.len)
        memcpy(text, a.data, a.len);
    return fits;
}

bool bytes_to_number(struct bytes a, uint64_t max, uint64_t *number)
{
    uint64_t value = 0;
    for (size_t i = 0; i < a.len; i++) {
        uint8_t digit = (uint8_t)(a.data[i] - '0');
        if (digit > 9 || value > (max - digit) / 10 || digit > max)
            return false;
        value = value * 10 + digit;
    }
    *number = value;
    return a.len > 0;
}

void bytes_wipe(void *data, size_t len)
{
    if (len)
        explicit_bzero(data, len);
}
