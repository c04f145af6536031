/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/msg/channel_open.h"

#include "base/writer.h"

enum err channel_open_decode(struct bytes payload, const struct field_sink *sink,
                             struct channel_open *out)
{
    struct reader r = reader_over(payload, sink);

    uint8_t number = reader_u8(&r, "message number");
    out->type = reader_string(&r, "channel type");
    out->sender_channel = reader_u32(&r, "sender channel");
    out->window = reader_u32(&r, "initial window size");
    out->max_packet = reader_u32(&r, "maximum packet size");
    out->specific = reader_rest(&r, "channel type specific data");
    return message_end(&r, number, SSH_MSG_CHANNEL_OPEN);
}

enum err channel_open_encode(struct buf *out, const struct channel_open *open)
{
    struct writer w = writer_to(out);
    writer_u8(&w, SSH_MSG_CHANNEL_OPEN);
    writer_string(&w, open->type);
    writer_u32(&w, open->sender_channel);
    writer_u32(&w, open->window);
    writer_u32(&w, open->max_packet);
    writer_octets(&w, open->specific);
    return writer_end(&w);
}

enum err channel_open_decode_confirmation(struct bytes payload, const struct field_sink *sink,
                                          struct channel_open_confirmation *out)
{
    struct reader r = reader_over(payload, sink);

    uint8_t number = reader_u8(&r, "message number");
    out->recipient_channel = reader_u32(&r, "recipient channel");
    out->sender_channel = reader_u32(&r, "sender channel");
    out->window = reader_u32(&r, "initial window size");
    out->max_packet = reader_u32(&r, "maximum packet size");
    TRY(message_end(&r, number, SSH_MSG_CHANNEL_OPEN_CONFIRMATION));

    return out->max_packet > 0 ? OK : ERR_BAD_VALUE;
}

enum err channel_open_encode_confirmation(struct buf *out,
                                          const struct channel_open_confirmation *confirmation)
{
    struct writer w = writer_to(out);
    writer_u8(&w, SSH_MSG_CHANNEL_OPEN_CONFIRMATION);
    writer_u32(&w, confirmation->recipient_channel);
    writer_u32(&w, confirmation->sender_channel);
    writer_u32(&w, confirmation->window);
    writer_u32(&w, confirmation->max_packet);
    return writer_end(&w);
}

enum err channel_open_decode_failure(struct bytes payload, const struct field_sink *sink,
                                     struct channel_open_failure *out)
{
    struct reader r = reader_over(payload, sink);

    uint8_t number = reader_u8(&r, "message number");
    out->recipient_channel = reader_u32(&r, "recipient channel");
    out->reason = reader_u32(&r, "reason code");
    out->text = reader_string(&r, "description");
    out->language = reader_string(&r, "language tag");
    return message_end(&r, number, SSH_MSG_CHANNEL_OPEN_FAILURE);
}

enum err channel_open_encode_failure(struct buf *out, const struct channel_open_failure *failure)
{
    struct writer w = writer_to(out);
    writer_u8(&w, SSH_MSG_CHANNEL_OPEN_FAILURE);
    writer_u32(&w, failure->recipient_channel);
    writer_u32(&w, failure->reason);
    writer_string(&w, failure->text);
    writer_string(&w, failure->language);
    return writer_end(&w);
}
