/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/agent_message.h"

#include "base/reader.h"
#include "base/writer.h"

enum {
    FAILURE = 5,
    REQUEST_IDENTITIES = 11,
    IDENTITIES_ANSWER = 12,
    SIGN_REQUEST = 13,
    SIGN_RESPONSE = 14,
    EXTENSION_FAILURE = 28,
};

uint32_t agent_message_sign_flags(struct bytes algorithm)
{
    if (bytes_is(algorithm, "rsa-sha2-512"))
        return AGENT_SIGN_RSA_SHA2_512;
    return bytes_is(algorithm, "rsa-sha2-256") ? AGENT_SIGN_RSA_SHA2_256 : 0;
}

enum err agent_message_encode_list(struct buf *out)
{
    struct writer w = writer_to(out);
    size_t mark = writer_open_string(&w);
    writer_u8(&w, REQUEST_IDENTITIES);
    writer_close_string(&w, mark);
    return writer_end(&w);
}

enum err agent_message_encode_sign(struct bytes key_blob, struct bytes message, uint32_t flags,
                                   struct buf *out)
{
    struct writer w = writer_to(out);
    size_t mark = writer_open_string(&w);
    writer_u8(&w, SIGN_REQUEST);
    writer_string(&w, key_blob);
    writer_string(&w, message);
    writer_u32(&w, flags);
    writer_close_string(&w, mark);
    return writer_end(&w);
}

enum err agent_message_frame_len(struct bytes in, size_t *len)
{
    struct reader r = reader_over(in, NULL);
    uint32_t body = reader_u32(&r, "length");
    *len = 0;
    if (r.is_short)
        return OK;
    if (body == 0)
        return ERR_BAD_VALUE;
    if (body > AGENT_FRAME_MAX)
        return ERR_TOO_LONG;
    *len = 4 + (size_t)body;
    return OK;
}

/* Opens the frame and checks that it is the expected answer. */
static enum err open_answer(struct bytes frame, uint8_t wanted, struct reader *body)
{
    struct reader r = reader_over(frame, NULL);
    struct bytes content = reader_string(&r, "frame");
    TRY(reader_end(&r));
    *body = reader_over(content, NULL);
    uint8_t number = reader_u8(body, "message number");
    if (number == FAILURE || number == EXTENSION_FAILURE)
        return ERR_UNSUPPORTED;
    return number == wanted ? OK : ERR_BAD_STATE;
}

enum err agent_message_decode_list(struct bytes frame, struct bytes *keys, size_t *count)
{
    struct reader r;
    TRY(open_answer(frame, IDENTITIES_ANSWER, &r));
    uint32_t told = reader_u32(&r, "number of keys");
    struct bytes all = reader_rest(&r, "keys");
    TRY(reader_end(&r));

    struct bytes rest = all, blob, comment;
    size_t found = 0;
    while (rest.len) {
        if (!agent_message_next_key(&rest, &blob, &comment))
            return ERR_TRUNCATED;
        found++;
    }
    if (found != told)
        return ERR_BAD_VALUE;
    *keys = all;
    *count = found;
    return OK;
}

bool agent_message_next_key(struct bytes *keys, struct bytes *blob, struct bytes *comment)
{
    struct reader r = reader_over(*keys, NULL);
    *blob = reader_string(&r, "key blob");
    *comment = reader_string(&r, "comment");
    if (r.is_short)
        return false;
    *keys = reader_rest(&r, "keys");
    return true;
}

enum err agent_message_decode_signature(struct bytes frame, struct bytes *signature)
{
    struct reader r;
    TRY(open_answer(frame, SIGN_RESPONSE, &r));
    struct bytes found = reader_string(&r, "signature");
    TRY(reader_end(&r));
    *signature = found;
    return OK;
}
