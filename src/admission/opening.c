/* SPDX-License-Identifier: BSD-2-Clause */
#include "admission/opening.h"

#include <string.h>

enum {
    LENGTH_LEN = 4,
    HEADER_LEN = 5, /* packet_length, padding_length */
    BLOCK_LEN = 8,
    PADDING_MIN = 4,
};

static bool is_printable(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] < ' ' || text.data[i] > '~')
            return false;
    return true;
}

static bool begins_before_more(struct bytes line, const char *prefix)
{
    return bytes_starts(line, prefix) && line.len > strlen(prefix);
}

/* `line` ends with its LF. */
static enum opening judge_line(struct bytes line)
{
    line.len--;
    if (bytes_ends(line, "\r"))
        line.len--;
    if (!bytes_starts(line, "SSH-"))
        return OPENING_BAD_VERSION;
    if (!is_printable(line))
        return OPENING_BAD_LINE;
    return begins_before_more(line, "SSH-2.0-") || begins_before_more(line, "SSH-1.99-")
               ? OPENING_NAMED
               : OPENING_BAD_VERSION;
}

/* DISCONNECT, IGNORE, UNIMPLEMENTED and DEBUG may come at any time, everything else only after KEXINIT. */
static bool may_be_first(uint8_t message)
{
    return (message >= 1 && message <= 4) || message == 20;
}

/* `total` octets of it have arrived; `in` has the first ones. */
static enum opening judge_packet(struct bytes in, size_t total)
{
    if (in.len < LENGTH_LEN)
        return OPENING_NAMED;
    uint32_t len = (uint32_t)in.data[0] << 24 | (uint32_t)in.data[1] << 16 |
                   (uint32_t)in.data[2] << 8 | in.data[3];
    if (len < 1 + PADDING_MIN || len > OPENING_PACKET_MAX || (LENGTH_LEN + len) % BLOCK_LEN != 0)
        return OPENING_BAD_PACKET;
    if (in.len <= HEADER_LEN)
        return OPENING_NAMED;
    uint8_t padding = in.data[LENGTH_LEN];
    if (padding < PADDING_MIN || padding + 1u >= len || !may_be_first(in.data[HEADER_LEN]))
        return OPENING_BAD_PACKET;
    return total < LENGTH_LEN + len ? OPENING_NAMED : OPENING_WHOLE;
}

enum opening opening_of(struct bytes head, size_t total)
{
    struct bytes line = bytes_slice(head, 0, OPENING_LINE_MAX);
    size_t len = bytes_find(line, '\n');
    if (bytes_find(line, 0) < len)
        return OPENING_BAD_LINE;
    if (len == line.len)
        return len == OPENING_LINE_MAX && total > len ? OPENING_BAD_LINE : OPENING_SILENT;
    enum opening judged = judge_line(bytes_slice(line, 0, len + 1));
    if (judged != OPENING_NAMED)
        return judged;
    return judge_packet(bytes_skip(head, len + 1), total - len - 1);
}
