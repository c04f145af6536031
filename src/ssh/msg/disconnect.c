/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/msg/disconnect.h"

#include "base/writer.h"

/* RFC 4253 section 11.1. */
enum err disconnect_decode(struct bytes payload, const struct field_sink *sink,
                           struct disconnect *out)
{
    struct reader r = reader_over(payload, sink);

    uint8_t number = reader_u8(&r, "message number");
    out->reason = reader_u32(&r, "reason code");
    out->text = reader_string(&r, "description");
    out->language = reader_more(&r) ? reader_string(&r, "language tag") : BYTES_NONE;
    return message_end(&r, number, SSH_MSG_DISCONNECT);
}

enum err disconnect_encode(struct buf *out, const struct disconnect *disconnect)
{
    struct writer w = writer_to(out);
    writer_u8(&w, SSH_MSG_DISCONNECT);
    writer_u32(&w, disconnect->reason);
    writer_string(&w, disconnect->text);
    writer_string(&w, disconnect->language);
    return writer_end(&w);
}
