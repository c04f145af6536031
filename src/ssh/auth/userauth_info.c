/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/auth/userauth_info.h"

#include "base/check.h"
#include "base/writer.h"

enum err userauth_info_decode_request(struct bytes payload, const struct field_sink *sink,
                                      struct auth_prompts *out)
{
    struct reader r = reader_over(payload, sink);

    uint8_t number = reader_u8(&r, "message number");
    out->name = reader_string(&r, "name");
    out->instruction = reader_string(&r, "instruction");
    (void)reader_string(&r, "language tag");
    uint32_t count = reader_u32(&r, "prompt count");
    if (count > AUTH_PROMPTS_MAX)
        return ERR_TOO_LONG;
    out->count = count;
    for (size_t i = 0; i < out->count; i++) {
        out->prompt[i].text = reader_string(&r, "prompt");
        out->prompt[i].echoes = reader_bool(&r, "echo");
    }
    TRY(message_end(&r, number, SSH_MSG_USERAUTH_INFO_REQUEST));

    for (size_t i = 0; i < out->count; i++)
        if (out->prompt[i].text.len > USERAUTH_INFO_PROMPT_MAX)
            return ERR_TOO_LONG;
    return OK;
}

enum err userauth_info_encode_request(struct buf *out, const struct auth_prompts *prompts)
{
    CHECK(prompts->count <= AUTH_PROMPTS_MAX);
    struct writer w = writer_to(out);
    writer_u8(&w, SSH_MSG_USERAUTH_INFO_REQUEST);
    writer_string(&w, prompts->name);
    writer_string(&w, prompts->instruction);
    writer_string(&w, BYTES_NONE);
    writer_u32(&w, (uint32_t)prompts->count);
    for (size_t i = 0; i < prompts->count; i++) {
        writer_string(&w, prompts->prompt[i].text);
        writer_bool(&w, prompts->prompt[i].echoes);
    }
    return writer_end(&w);
}

enum err userauth_info_decode_response(struct bytes payload, const struct field_sink *sink,
                                       struct userauth_info_response *out)
{
    struct reader r = reader_over(payload, sink);

    uint8_t number = reader_u8(&r, "message number");
    uint32_t count = reader_u32(&r, "answer count");
    if (count > USERAUTH_INFO_ANSWERS_MAX)
        return ERR_TOO_LONG;
    out->count = count;
    out->answers = bytes_skip(payload, r.at);
    for (size_t i = 0; i < count; i++)
        (void)reader_string(&r, "answer");
    return message_end(&r, number, SSH_MSG_USERAUTH_INFO_RESPONSE);
}

enum err userauth_info_encode_response(struct buf *out,
                                       const struct userauth_info_response *response)
{
    struct writer w = writer_to(out);
    writer_u8(&w, SSH_MSG_USERAUTH_INFO_RESPONSE);
    writer_u32(&w, (uint32_t)response->count);
    writer_octets(&w, response->answers);
    return writer_end(&w);
}
