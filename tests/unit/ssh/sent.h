/* SPDX-License-Identifier: BSD-2-Clause */
/* An outbox that keeps what a machine sends, for its test to take in order. */
#pragma once

#include "base/writer.h"
#include "codec.h"
#include "ssh/msg/message.h"
#include "ssh/outbox.h"

struct sent {
    struct buf payloads; /* as SSH strings */
};

static inline void sent_keep(void *context, struct bytes payload)
{
    struct sent *s = context;
    struct writer w = writer_to(&s->payloads);
    writer_string(&w, payload);
    assert_int_equal(writer_end(&w), OK);
}

static inline struct outbox sent_start(struct sent *s)
{
    buf_init(&s->payloads, 16 * CODEC_BUF_MAX);
    return (struct outbox){ sent_keep, s };
}

static inline void sent_wipe(struct sent *s)
{
    buf_wipe(&s->payloads);
}

static inline bool sent_is_empty(const struct sent *s)
{
    return buf_len(&s->payloads) == 0;
}

/* The oldest payload, which must have that number; lent until something is sent again. */
static inline struct bytes sent_take(struct sent *s, uint8_t number)
{
    struct reader r = reader_over(buf_bytes(&s->payloads), NULL);
    struct bytes payload = reader_string(&r, "payload");
    assert_int_equal(message_number(payload), number);
    buf_consume(&s->payloads, 4 + payload.len);
    return payload;
}
