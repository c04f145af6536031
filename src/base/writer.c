/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/writer.h"

#include "base/check.h"

#include <string.h>

struct writer writer_to(struct buf *out)
{
    return (struct writer){ .out = out, .begin = buf_len(out) };
}

void writer_octets(struct writer *w, struct bytes value)
{
    if (!w->is_full && buf_append(w->out, value) != OK)
        w->is_full = true;
}

static void number(struct writer *w, uint64_t value, size_t len)
{
    uint8_t octets[8];
    for (size_t i = 0; i < len; i++)
        octets[i] = (uint8_t)(value >> (8 * (len - 1 - i)));
    writer_octets(w, bytes_of(octets, len));
}

void writer_u8(struct writer *w, uint8_t value)
{
    number(w, value, 1);
}

void writer_bool(struct writer *w, bool value)
{
    number(w, value, 1);
}

void writer_u32(struct writer *w, uint32_t value)
{
    number(w, value, 4);
}

void writer_u64(struct writer *w, uint64_t value)
{
    number(w, value, 8);
}

void writer_string(struct writer *w, struct bytes value)
{
    CHECK(value.len <= UINT32_MAX);
    writer_u32(w, (uint32_t)value.len);
    writer_octets(w, value);
}

void writer_text(struct writer *w, const char *value)
{
    writer_string(w, bytes_text(value));
}

void writer_mpint(struct writer *w, struct bytes magnitude)
{
    while (magnitude.len && magnitude.data[0] == 0)
        magnitude = bytes_skip(magnitude, 1);
    bool needs_zero = magnitude.len && (magnitude.data[0] & 0x80);
    writer_u32(w, (uint32_t)(magnitude.len + needs_zero));
    if (needs_zero)
        writer_u8(w, 0);
    writer_octets(w, magnitude);
}

size_t writer_open_string(struct writer *w)
{
    writer_u32(w, 0);
    return buf_len(w->out);
}

void writer_close_string(struct writer *w, size_t mark)
{
    if (w->is_full)
        return;
    size_t len = buf_len(w->out) - mark;
    CHECK(len <= UINT32_MAX && mark >= 4);
    uint8_t *at = w->out->data + w->out->start + mark - 4;
    for (size_t i = 0; i < 4; i++)
        at[i] = (uint8_t)(len >> (8 * (3 - i)));
}

enum err writer_end(struct writer *w)
{
    if (!w->is_full)
        return OK;
    buf_truncate(w->out, w->begin);
    return ERR_NO_SPACE;
}
