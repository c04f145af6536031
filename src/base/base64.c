/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/base64.h"

#include <string.h>

enum { GROUP_OCTETS = 3, GROUP_LETTERS = 4, NOT_A_LETTER = 255 };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* One group of 1 to 3 octets; returns the number of letters written. */
static size_t encode_group(struct bytes in, bool padded, uint8_t *out)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < GROUP_OCTETS; i++)
        bits = bits << 8 | (i < in.len ? in.data[i] : 0u);
    for (size_t i = 0; i < GROUP_LETTERS; i++)
        out[i] = i <= in.len ? (uint8_t)alphabet[bits >> (18 - 6 * i) & 63] : (uint8_t)'=';
    return padded ? GROUP_LETTERS : in.len + 1;
}

enum err base64_encode(struct bytes in, bool padded, struct buf *out)
{
    struct span room;
    TRY(buf_reserve(out, (in.len + 2) / GROUP_OCTETS * GROUP_LETTERS, &room));
    size_t len = 0;
    for (; in.len; in = bytes_skip(in, GROUP_OCTETS))
        len += encode_group(bytes_slice(in, 0, GROUP_OCTETS), padded, room.data + len);
    buf_commit(out, len);
    return OK;
}

static uint8_t value_of(uint8_t letter)
{
    const char *at = letter ? strchr(alphabet, letter) : NULL;
    return at ? (uint8_t)(at - alphabet) : NOT_A_LETTER;
}

/* One group of 2 to 4 letters; false when a letter is wrong or bits are left over. */
static bool decode_group(struct bytes letters, uint8_t *out)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < GROUP_LETTERS; i++) {
        uint8_t value = i < letters.len ? value_of(letters.data[i]) : 0;
        if (value == NOT_A_LETTER)
            return false;
        bits = bits << 6 | value;
    }
    for (size_t i = 0; i + 1 < letters.len; i++)
        out[i] = (uint8_t)(bits >> (16 - 8 * i));
    return letters.len == GROUP_LETTERS || (letters.len == 3 && (bits & 0xff) == 0) ||
           (letters.len == 2 && (bits & 0xffff) == 0);
}

enum err base64_decode(struct bytes text, struct buf *out)
{
    if (text.len % GROUP_LETTERS)
        return ERR_BAD_VALUE;
    struct span room;
    TRY(buf_reserve(out, text.len / GROUP_LETTERS * GROUP_OCTETS, &room));
    if (bytes_ends(text, "=="))
        text.len -= 2;
    else if (bytes_ends(text, "="))
        text.len -= 1;

    size_t len = 0;
    for (; text.len; text = bytes_skip(text, GROUP_LETTERS)) {
        struct bytes letters = bytes_slice(text, 0, GROUP_LETTERS);
        if (!decode_group(letters, room.data + len))
            return ERR_BAD_VALUE;
        len += letters.len - 1;
    }
    buf_commit(out, len);
    return OK;
}
