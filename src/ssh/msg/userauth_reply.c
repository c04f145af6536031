/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/msg/userauth_reply.h"

#include "base/writer.h"

enum err userauth_reply_decode_failure(struct bytes payload, const struct field_sink *sink,
                                       struct userauth_reply_failure *out)
{
    struct reader r = reader_over(payload, sink);

    uint8_t number = reader_u8(&r, "message number");
    out->methods = reader_string(&r, "methods that can continue");
    out->partial = reader_bool(&r, "partial success");
    return message_end(&r, number, SSH_MSG_USERAUTH_FAILURE);
}

enum err userauth_reply_encode_failure(struct buf *out,
                                       const struct userauth_reply_failure *failure)
{
    struct writer w = writer_to(out);
    writer_u8(&w, SSH_MSG_USERAUTH_FAILURE);
    writer_string(&w, failure->methods);
    writer_bool(&w, failure->partial);
    return writer_end(&w);
}

enum err userauth_reply_decode_banner(struct bytes payload, const struct field_sink *sink,
                                      struct userauth_reply_banner *out)
{
    struct reader r = reader_over(payload, sink);

    uint8_t number = reader_u8(&r, "message number");
    out->text = reader_string(&r, "message");
    out->language = reader_string(&r, "language tag");
    return message_end(&r, number, SSH_MSG_USERAUTH_BANNER);
}

enum err userauth_reply_encode_banner(struct buf *out, const struct userauth_reply_banner *banner)
{
    struct writer w = writer_to(out);
    writer_u8(&w, SSH_MSG_USERAUTH_BANNER);
    writer_string(&w, banner->text);
    writer_string(&w, banner->language);
    return writer_end(&w);
}

enum err userauth_reply_decode_pk_ok(struct bytes payload, const struct field_sink *sink,
                                     struct userauth_reply_pk_ok *out)
{
    struct reader r = reader_over(payload, sink);

    uint8_t number = reader_u8(&r, "message number");
    out->algorithm = reader_string(&r, "public key algorithm");
    out->blob = reader_string(&r, "public key blob");
    return message_end(&r, number, SSH_MSG_USERAUTH_PK_OK);
}

enum err userauth_reply_encode_pk_ok(struct buf *out, const struct userauth_reply_pk_ok *pk_ok)
{
    struct writer w = writer_to(out);
    writer_u8(&w, SSH_MSG_USERAUTH_PK_OK);
    writer_string(&w, pk_ok->algorithm);
    writer_string(&w, pk_ok->blob);
    return writer_end(&w);
}

enum err userauth_reply_decode_change(struct bytes payload, const struct field_sink *sink,
                                      struct userauth_reply_change *out)
{
    struct reader r = reader_over(payload, sink);

    uint8_t number = reader_u8(&r, "message number");
    out->prompt = reader_string(&r, "prompt");
    out->language = reader_string(&r, "language tag");
    return message_end(&r, number, SSH_MSG_USERAUTH_PASSWD_CHANGEREQ);
}

enum err userauth_reply_encode_change(struct buf *out, const struct userauth_reply_change *change)
{
    struct writer w = writer_to(out);
    writer_u8(&w, SSH_MSG_USERAUTH_PASSWD_CHANGEREQ);
    writer_string(&w, change->prompt);
    writer_string(&w, change->language);
    return writer_end(&w);
}
