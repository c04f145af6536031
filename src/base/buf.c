/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/buf.h"

#include "base/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SMALLEST = 256, KEPT = 4096 };

/* Above it, moving the rest to the front again and again would cost more than a larger buffer. */
enum { MOVED_IN_PLACE = 64 * 1024 };

void buf_init(struct buf *b, size_t limit)
{
    *b = BUF_EMPTY(limit);
}

/* Nothing was ever written past this. */
static size_t touched(const struct buf *b)
{
    return b->used > b->lent ? b->used : b->lent;
}

void buf_wipe(struct buf *b)
{
    bytes_wipe(b->data, touched(b));
    free(b->data);
    *b = BUF_EMPTY(b->limit);
}

size_t buf_len(const struct buf *b)
{
    return b->end - b->start;
}

struct bytes buf_bytes(const struct buf *b)
{
    return (struct bytes){ b->data ? b->data + b->start : NULL, buf_len(b) };
}

static size_t grown(size_t size, size_t wanted)
{
    size_t next = size < SMALLEST ? SMALLEST : size;
    while (next < wanted)
        next *= 2;
    return next;
}

/* realloc would leave a copy of the old content in freed memory, including what was already consumed. */
static void move_to(struct buf *b, size_t size)
{
    uint8_t *data = malloc(size);
    CHECK(data != NULL);
    size_t len = buf_len(b);
    if (len)
        memcpy(data, b->data + b->start, len);
    bytes_wipe(b->data, touched(b));
    free(b->data);
    b->data = data;
    b->size = size;
    b->start = 0;
    b->end = b->used = len;
    b->lent = 0;
}

/* After `len` more octets. The NUL does not count towards the limit. */
static void make_room_for_nul(struct buf *b, size_t len)
{
    if (b->size - b->end <= len)
        move_to(b, grown(b->size, b->size + 1));
}

enum err buf_reserve(struct buf *b, size_t len, struct span *room)
{
    size_t used = buf_len(b);
    if (len > b->limit || used > b->limit - len)
        return ERR_NO_SPACE;
    if (used == 0)
        b->start = b->end = 0;
    if (b->size - b->end < len) {
        if (b->size - used >= len && (b->start >= used || used <= MOVED_IN_PLACE)) {
            memmove(b->data, b->data + b->start, used);
            b->start = 0;
            b->end = used;
        } else {
            move_to(b, grown(b->size, used + len));
        }
    }
    /* Room that was not committed may have been written to. */
    b->used = touched(b);
    b->lent = b->end + len;
    *room = (struct span){ b->data ? b->data + b->end : NULL, len };
    return OK;
}

void buf_commit(struct buf *b, size_t len)
{
    CHECK(len <= b->size - b->end);
    b->end += len;
    b->lent = 0;
    if (b->used < b->end)
        b->used = b->end;
}

enum err buf_append(struct buf *b, struct bytes in)
{
    struct span room;
    TRY(buf_reserve(b, in.len, &room));
    if (in.len)
        memcpy(room.data, in.data, in.len);
    buf_commit(b, in.len);
    return OK;
}

void buf_keep(struct buf *b, struct bytes in)
{
    buf_clear(b);
    enum err err = buf_append(b, in);
    CHECK(err == OK);
}

enum err buf_append_text(struct buf *b, const char *text)
{
    return buf_append(b, bytes_text(text));
}

enum err buf_format(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    CHECK(len >= 0);

    struct span room;
    TRY(buf_reserve(b, (size_t)len, &room));
    make_room_for_nul(b, (size_t)len);
    va_start(args, format);
    (void)vsnprintf((char *)b->data + b->end, (size_t)len + 1, format, args);
    va_end(args);
    buf_commit(b, (size_t)len);
    return OK;
}

void buf_consume(struct buf *b, size_t len)
{
    CHECK(len <= buf_len(b));
    b->start += len;
    if (b->start == b->end)
        b->start = b->end = 0;
}

void buf_clear(struct buf *b)
{
    b->start = b->end = 0;
}

void buf_truncate(struct buf *b, size_t len)
{
    CHECK(len <= buf_len(b));
    b->end = b->start + len;
}

void buf_shrink(struct buf *b)
{
    if (buf_len(b) == 0 && b->size > KEPT)
        buf_wipe(b);
}

const char *buf_text(struct buf *b)
{
    make_room_for_nul(b, 0);
    b->data[b->end] = 0;
    return (const char *)b->data + b->start;
}
