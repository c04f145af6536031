/* SPDX-License-Identifier: BSD-2-Clause */
/* What holds for every codec of messages: what it encodes it decodes, to what encodes to the same octets
 * again; every prefix is refused, and an octet more, and another message number. */
#pragma once

#include "base/buf.h"
#include "base/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CODEC_BUF_MAX = 1 << 20 };

#define B(text) BYTES_LITERAL(text)

static inline bool codec_is_refusal(enum err err)
{
    return err == ERR_TRUNCATED || err == ERR_TRAILING || err == ERR_BAD_VALUE ||
           err == ERR_TOO_LONG;
}

/* A copy that ends where its memory ends, so that the sanitizer sees reads behind it. */
static inline struct bytes codec_copy(struct bytes in, size_t len, uint8_t extra)
{
    uint8_t *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memset(copy, extra, len);
    if (in.len)
        memcpy(copy, in.data, in.len < len ? in.len : len);
    return bytes_of(copy, len);
}

static inline void codec_free(struct bytes copy)
{
    free((void *)(uintptr_t)copy.data);
}

/* The field sink of the round trip: fields lie one behind the other and cover everything. */
struct codec_cover {
    size_t at;
    size_t count;
};

static inline void codec_field(void *context, const char *name, size_t offset, size_t len)
{
    struct codec_cover *cover = context;
    assert_non_null(name);
    assert_int_equal(offset, cover->at);
    cover->at = offset + len;
    cover->count++;
}

/* `shortest`: prefixes of so many octets and more are messages too (optional or open ends);
 * 0: only the whole is one. */
#define codec_holds(decode, encode, example, shortest)                             \
    do {                                                                           \
        const __typeof__(example) *codec_in = &(example);                          \
        __typeof__(example) codec_out;                                             \
        scoped(buf) codec_first = BUF_EMPTY(CODEC_BUF_MAX);                        \
        scoped(buf) codec_again = BUF_EMPTY(CODEC_BUF_MAX);                        \
        assert_int_equal(encode(&codec_first, codec_in), OK);                      \
        struct bytes codec_whole = buf_bytes(&codec_first);                        \
        struct codec_cover codec_seen = { 0, 0 };                                  \
        struct field_sink codec_sink = { codec_field, &codec_seen };               \
        assert_int_equal(decode(codec_whole, &codec_sink, &codec_out), OK);        \
        assert_int_equal(codec_seen.at, codec_whole.len);                          \
        assert_int_equal(encode(&codec_again, &codec_out), OK);                    \
        assert_true(bytes_equal(codec_whole, buf_bytes(&codec_again)));            \
        size_t codec_short = (shortest) ? (shortest) : codec_whole.len;            \
        for (size_t codec_len = 0; codec_len < codec_whole.len; codec_len++) {     \
            struct bytes codec_cut = codec_copy(codec_whole, codec_len, 0);        \
            enum err codec_err = decode(codec_cut, NULL, &codec_out);              \
            if (codec_len < codec_short)                                           \
                assert_int_equal(codec_err, ERR_TRUNCATED);                        \
            codec_free(codec_cut);                                                 \
        }                                                                          \
        struct bytes codec_more = codec_copy(codec_whole, codec_whole.len + 1, 0); \
        enum err codec_err = decode(codec_more, NULL, &codec_out);                 \
        assert_true((shortest) || codec_err == ERR_TRAILING);                      \
        codec_free(codec_more);                                                    \
        struct bytes codec_other = codec_copy(codec_whole, codec_whole.len, 0);    \
        *(uint8_t *)(uintptr_t)codec_other.data = 255;                             \
        assert_true(codec_is_refusal(decode(codec_other, NULL, &codec_out)));      \
        codec_free(codec_other);                                                   \
        struct buf codec_tiny = BUF_EMPTY(codec_whole.len - 1);                    \
        assert_int_equal(encode(&codec_tiny, codec_in), ERR_NO_SPACE);             \
        assert_int_equal(buf_len(&codec_tiny), 0);                                 \
        buf_wipe(&codec_tiny);                                                     \
    } while (0)
