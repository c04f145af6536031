/* SPDX-License-Identifier: BSD-2-Clause */
/* An owned queue of octets: appended at the end, consumed at the front. It has a limit from birth,
 * is wiped before it is freed, and running out of memory ends the process. */
#pragma once

#include "base/bytes.h"
#include "base/err.h"

struct buf {
    uint8_t *data;
    size_t start; /* the first octet not yet consumed */
    size_t end;   /* one past the last octet */
    size_t size;  /* allocated */
    size_t limit; /* the most octets it may hold */
    size_t used;  /* octets from the beginning of the data that may ever have held something */
    size_t lent;  /* the same, for room that is reserved but not yet committed */
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

/* Room for `len` more octets at the end, for the caller to fill and then add with buf_commit; commit 0 if
 * nothing was written. Valid until the next call that changes the buffer. ERR_NO_SPACE over the limit. The
 * caller must commit all that it wrote: the rest of the room is not wiped, since that would allocate pages
 * that were never touched. */
NODISCARD enum err buf_reserve(struct buf *b, size_t len, struct span *room);
void buf_commit(struct buf *b, size_t len);

NODISCARD enum err buf_append(struct buf *b, struct bytes in);
/* Replaces the content; `in` must fit the limit. */
void buf_keep(struct buf *b, struct bytes in);
NODISCARD enum err buf_append_text(struct buf *b, const char *text);
NODISCARD enum err buf_format(struct buf *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Drops `len` octets at the front; they are not wiped until the buffer is. */
void buf_consume(struct buf *b, size_t len);
void buf_clear(struct buf *b);

/* Drops everything after the first `len` octets. */
void buf_truncate(struct buf *b, size_t len);

/* Frees the memory of a buffer that is empty and large, to keep idle connections small. */
void buf_shrink(struct buf *b);

/* The content as a C string, NUL-terminated in place. Valid until the next change. */
const char *buf_text(struct buf *b);
