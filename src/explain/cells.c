/* SPDX-License-Identifier: BSD-2-Clause */
#include "explain/cells.h"

#include <stdbool.h>
#include <string.h>

static bool starts_character(char octet)
{
    return (octet & 0xc0) != 0x80;
}

/* From U+1000 on some characters are wide. */
static size_t width_of(char octet)
{
    if (!starts_character(octet))
        return 0;
    return (unsigned char)octet >= 0xe1 ? 2 : 1;
}

size_t cells_of(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += width_of(*text);
    return count;
}

/* The octets of the whole characters that fit. */
static size_t whole_characters(const char *text, size_t max)
{
    size_t count = 0, len = 0;
    while (text[len] && count + width_of(text[len]) <= max)
        count += width_of(text[len++]);
    return len;
}

void cells_fit(char *text, size_t max)
{
    if (cells_of(text) > max)
        strcpy(text + whole_characters(text, max - 1), "~");
}

size_t cells_wrap(const char *text, size_t max)
{
    size_t len = whole_characters(text, max);
    if (!text[len])
        return len;
    for (size_t at = len; at > len / 2; at--) {
        if (text[at - 1] == ' ' && text[at - 2] == ',')
            return at;
    }
    for (size_t at = len; at > len / 2; at--) {
        if (strchr(" ,/", text[at - 1]))
            return at;
    }
    return len;
}
