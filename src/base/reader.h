/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the wire types of RFC 4251 section 5, and the 16-bit ones of the headers below SSH, from
 * borrowed octets, in order. It is sticky: once a field does not fit, every further read gives zero
 * or nothing, and reader_end returns the error. A decoder reads all its fields, calls reader_end once,
 * and only then judges what it read.
 * Every read names its field; a sink, if there is one, gets each field's name and place. */
#pragma once

#include "base/bytes.h"
#include "base/err.h"

/* Called for each field; offset and length are octets within the message. */
struct field_sink {
    void (*field)(void *context, const char *name, size_t offset, size_t len);
    void *context;
};

struct reader {
    struct bytes all;
    size_t at;
    bool is_short;
    const struct field_sink *sink;
};

/* The sink may be NULL. What the reader returns is borrowed from `bytes`. */
struct reader reader_over(struct bytes bytes, const struct field_sink *sink);

uint8_t reader_u8(struct reader *r, const char *name);
bool reader_bool(struct reader *r, const char *name); /* any octet but 0 is true */
uint16_t reader_u16(struct reader *r, const char *name);
uint32_t reader_u32(struct reader *r, const char *name);
uint64_t reader_u64(struct reader *r, const char *name);
struct bytes reader_string(struct reader *r, const char *name);
struct bytes reader_octets(struct reader *r, const char *name, size_t len);
struct bytes reader_rest(struct reader *r, const char *name);

/* A non-negative mpint, without its leading zero octet; a negative one or one with needless leading
 * zeros makes the reader fail. */
struct bytes reader_mpint(struct reader *r, const char *name);

/* Whether anything is left, for optional trailing fields; false once a field did not fit. */
bool reader_more(const struct reader *r);

/* OK when every read fitted and nothing is left; otherwise ERR_TRUNCATED or ERR_TRAILING. */
NODISCARD enum err reader_end(const struct reader *r);
