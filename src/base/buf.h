/* SPDX-License-Identifier: BSD-2-Clause */
/* An owned queue of octets: appended at the end, consumed at the front. It has a limit from birth,
 * is wiped before it is freed, and running out of memory ends the process. */
#pragma once

#include "base/bytes.h"
#include "base/err.h"

struct buf {
    uint8_t *data;
    size_t start; /* the first octet not yet consumed */
    size_t end;   /* behind the last octet */
    size_t size;  /* allocated */
    size_t limit; /* the most octets it may hold */
    size_t used;  /* octets from the beginning of the data that may ever have held something */
    size_t lent;  /* the same of room that was reserved, and is not committed yet */
};

#define BUF_EMPTY(limit_) ((struct buf){ .limit = (limit_) })

/* Declares a variable that is wiped when its scope ends: scoped(buf) sum = BUF_EMPTY(limit); */
#define scoped(type) __attribute__((cleanup(type##_wipe))) struct type

void buf_init(struct buf *b, size_t limit);

/* Wipes and frees the memory; what remains is an empty buffer with the same limit. */
void buf_wipe(struct buf *b);

size_t buf_len(const struct buf *b);
/* Valid until the next call that changes the buffer. */
struct bytes buf_bytes(const struct buf *b);

/* Room for `len` more octets behind the end, to be filled by the caller and then taken with
 * buf_commit, with 0 if nothing came of it. Valid until the next call that changes the buffer. ERR_NO_SPACE over the
 * limit. What is committed is all that was written: the rest of the room is not wiped, since pages that were never
 * touched would have to be made for it. */
NODISCARD enum err buf_reserve(struct buf *b, size_t len, struct span *room);
void buf_commit(struct buf *b, size_t len);

NODISCARD enum err buf_append(struct buf *b, struct bytes in);
/* Replaces the content by what is known to fit. */
void buf_keep(struct buf *b, struct bytes in);
NODISCARD enum err buf_append_text(struct buf *b, const char *text);
NODISCARD enum err buf_format(struct buf *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Drops `len` octets at the front; they are not wiped until the buffer is. */
void buf_consume(struct buf *b, size_t len);
void buf_clear(struct buf *b);

/* Drops what is behind the first `len` octets. */
void buf_truncate(struct buf *b, size_t len);

/* Gives the memory back when the buffer is empty and large: an idle connection is small. */
void buf_shrink(struct buf *b);

/* The content as a C string, NUL-terminated in place. Valid until the next change. */
const char *buf_text(struct buf *b);
