/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/reader.h"

struct reader reader_over(struct bytes bytes, const struct field_sink *sink)
{
    return (struct reader){ .all = bytes, .sink = sink };
}

static struct bytes take(struct reader *r, size_t len)
{
    if (r->is_short || len > r->all.len - r->at) {
        r->is_short = true;
        return BYTES_NONE;
    }
    struct bytes taken = { r->all.data ? r->all.data + r->at : NULL, len };
    r->at += len;
    return taken;
}

static void tell(const struct reader *r, const char *name, size_t from)
{
    if (r->sink && !r->is_short)
        r->sink->field(r->sink->context, name, from, r->at - from);
}

static uint64_t number(struct reader *r, size_t len)
{
    struct bytes octets = take(r, len);
    uint64_t value = 0;
    /*@ loop invariant i <= octets.len;
        loop assigns i, value;
        loop variant octets.len - i; */
    for (size_t i = 0; i < octets.len; i++)
        value = value << 8 | octets.data[i];
    return value;
}

uint8_t reader_u8(struct reader *r, const char *name)
{
    size_t from = r->at;
    uint8_t value = (uint8_t)number(r, 1);
    tell(r, name, from);
    return value;
}

bool reader_bool(struct reader *r, const char *name)
{
    return reader_u8(r, name) != 0;
}

uint16_t reader_u16(struct reader *r, const char *name)
{
    size_t from = r->at;
    uint16_t value = (uint16_t)number(r, 2);
    tell(r, name, from);
    return value;
}

uint32_t reader_u32(struct reader *r, const char *name)
{
    size_t from = r->at;
    uint32_t value = (uint32_t)number(r, 4);
    tell(r, name, from);
    return value;
}

uint64_t reader_u64(struct reader *r, const char *name)
{
    size_t from = r->at;
    uint64_t value = number(r, 8);
    tell(r, name, from);
    return value;
}

struct bytes reader_string(struct reader *r, const char *name)
{
    size_t from = r->at;
    struct bytes value = take(r, (size_t)number(r, 4));
    tell(r, name, from);
    return value;
}

struct bytes reader_octets(struct reader *r, const char *name, size_t len)
{
    size_t from = r->at;
    struct bytes value = take(r, len);
    tell(r, name, from);
    return value;
}

struct bytes reader_rest(struct reader *r, const char *name)
{
    return reader_octets(r, name, r->is_short ? 0 : r->all.len - r->at);
}

struct bytes reader_mpint(struct reader *r, const char *name)
{
    struct bytes value = reader_string(r, name);
    if (value.len == 0)
        return value;
    bool has_zero = value.data[0] == 0;
    bool needs_zero = value.len > 1 && (value.data[1] & 0x80);
    if ((value.data[0] & 0x80) || (has_zero && !needs_zero)) {
        r->is_short = true;
        return BYTES_NONE;
    }
    return has_zero ? bytes_skip(value, 1) : value;
}

bool reader_more(const struct reader *r)
{
    return !r->is_short && r->at < r->all.len;
}

enum err reader_end(const struct reader *r)
{
    if (r->is_short)
        return ERR_TRUNCATED;
    return r->at == r->all.len ? OK : ERR_TRAILING;
}
