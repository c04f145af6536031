/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes the wire types of RFC 4251 section 5 to the end of a buf. It is sticky: once something does not
 * fit the buf's limit, nothing more is written, writer_end returns ERR_NO_SPACE, and the buf holds what it
 * held before the writer began. */
#pragma once

#include "base/buf.h"

struct writer {
    struct buf *out;
    size_t begin; /* the buf's length when the writer began */
    bool is_full;
};

struct writer writer_to(struct buf *out);

void writer_u8(struct writer *w, uint8_t value);
void writer_bool(struct writer *w, bool value);
void writer_u32(struct writer *w, uint32_t value);
void writer_u64(struct writer *w, uint64_t value);
void writer_octets(struct writer *w, struct bytes value);
void writer_string(struct writer *w, struct bytes value);
void writer_text(struct writer *w, const char *value); /* as a string */

/* An mpint from a non-negative big-endian number; leading zeros are dropped. */
void writer_mpint(struct writer *w, struct bytes magnitude);

/* What is written between the two calls becomes one string. */
size_t writer_open_string(struct writer *w);
void writer_close_string(struct writer *w, size_t mark);

NODISCARD enum err writer_end(struct writer *w);
