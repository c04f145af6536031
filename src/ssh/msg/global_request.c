/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/msg/global_request.h"

#include "base/writer.h"

enum err global_request_decode(struct bytes payload, const struct field_sink *sink,
                               struct global_request *out)
{
    struct reader r = reader_over(payload, sink);

    uint8_t number = reader_u8(&r, "message number");
    out->name = reader_string(&r, "request name");
    out->want_reply = reader_bool(&r, "want reply");
    out->specific = reader_rest(&r, "request specific data");
    return message_end(&r, number, SSH_MSG_GLOBAL_REQUEST);
}

enum err global_request_encode(struct buf *out, const struct global_request *request)
{
    struct writer w = writer_to(out);
    writer_u8(&w, SSH_MSG_GLOBAL_REQUEST);
    writer_string(&w, request->name);
    writer_bool(&w, request->want_reply);
    writer_octets(&w, request->specific);
    return writer_end(&w);
}

enum err global_request_decode_success(struct bytes payload, const struct field_sink *sink,
                                       struct global_request_success *out)
{
    struct reader r = reader_over(payload, sink);

    uint8_t number = reader_u8(&r, "message number");
    out->specific = reader_rest(&r, "response specific data");
    return message_end(&r, number, SSH_MSG_REQUEST_SUCCESS);
}

enum err global_request_encode_success(struct buf *out,
                                       const struct global_request_success *success)
{
    struct writer w = writer_to(out);
    writer_u8(&w, SSH_MSG_REQUEST_SUCCESS);
    writer_octets(&w, success->specific);
    return writer_end(&w);
}
