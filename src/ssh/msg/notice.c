/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/msg/notice.h"

#include "base/writer.h"

enum err notice_decode_ignore(struct bytes payload, const struct field_sink *sink,
                              struct notice_ignore *out)
{
    struct reader r = reader_over(payload, sink);

    uint8_t number = reader_u8(&r, "message number");
    out->data = reader_string(&r, "data");
    return message_end(&r, number, SSH_MSG_IGNORE);
}

enum err notice_encode_ignore(struct buf *out, const struct notice_ignore *ignore)
{
    struct writer w = writer_to(out);
    writer_u8(&w, SSH_MSG_IGNORE);
    writer_string(&w, ignore->data);
    return writer_end(&w);
}

enum err notice_decode_debug(struct bytes payload, const struct field_sink *sink,
                             struct notice_debug *out)
{
    struct reader r = reader_over(payload, sink);

    uint8_t number = reader_u8(&r, "message number");
    out->always_display = reader_bool(&r, "always display");
    out->text = reader_string(&r, "message");
    out->language = reader_string(&r, "language tag");
    return message_end(&r, number, SSH_MSG_DEBUG);
}

enum err notice_encode_debug(struct buf *out, const struct notice_debug *debug)
{
    struct writer w = writer_to(out);
    writer_u8(&w, SSH_MSG_DEBUG);
    writer_bool(&w, debug->always_display);
    writer_string(&w, debug->text);
    writer_string(&w, debug->language);
    return writer_end(&w);
}

enum err notice_decode_unimplemented(struct bytes payload, const struct field_sink *sink,
                                     struct notice_unimplemented *out)
{
    struct reader r = reader_over(payload, sink);

    uint8_t number = reader_u8(&r, "message number");
    out->sequence = reader_u32(&r, "packet sequence number");
    return message_end(&r, number, SSH_MSG_UNIMPLEMENTED);
}

enum err notice_encode_unimplemented(struct buf *out,
                                     const struct notice_unimplemented *unimplemented)
{
    struct writer w = writer_to(out);
    writer_u8(&w, SSH_MSG_UNIMPLEMENTED);
    writer_u32(&w, unimplemented->sequence);
    return writer_end(&w);
}
