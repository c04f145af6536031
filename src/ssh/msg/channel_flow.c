/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/msg/channel_flow.h"

#include "base/check.h"
#include "base/writer.h"

enum err channel_flow_channel(struct bytes payload, uint32_t *channel)
{
    struct reader r = reader_over(bytes_slice(payload, 0, 5), NULL);
    (void)reader_u8(&r, "message number");
    *channel = reader_u32(&r, "recipient channel");
    return reader_end(&r);
}

enum err channel_flow_decode_window(struct bytes payload, const struct field_sink *sink,
                                    struct channel_flow_window *out)
{
    struct reader r = reader_over(payload, sink);

    uint8_t number = reader_u8(&r, "message number");
    out->channel = reader_u32(&r, "recipient channel");
    out->count = reader_u32(&r, "octets to add");
    return message_end(&r, number, SSH_MSG_CHANNEL_WINDOW_ADJUST);
}

enum err channel_flow_encode_window(struct buf *out, const struct channel_flow_window *window)
{
    struct writer w = writer_to(out);
    writer_u8(&w, SSH_MSG_CHANNEL_WINDOW_ADJUST);
    writer_u32(&w, window->channel);
    writer_u32(&w, window->count);
    return writer_end(&w);
}

enum err channel_flow_decode_data(struct bytes payload, const struct field_sink *sink,
                                  struct channel_flow_data *out)
{
    struct reader r = reader_over(payload, sink);

    uint8_t number = reader_u8(&r, "message number");
    out->is_extended = number == SSH_MSG_CHANNEL_EXTENDED_DATA;
    out->channel = reader_u32(&r, "recipient channel");
    out->extended = out->is_extended ? reader_u32(&r, "data type code") : 0;
    out->data = reader_string(&r, "data");
    TRY(reader_end(&r));

    return out->is_extended || number == SSH_MSG_CHANNEL_DATA ? OK : ERR_BAD_VALUE;
}

enum err channel_flow_encode_data(struct buf *out, const struct channel_flow_data *data)
{
    struct writer w = writer_to(out);
    writer_u8(&w, data->is_extended ? SSH_MSG_CHANNEL_EXTENDED_DATA : SSH_MSG_CHANNEL_DATA);
    writer_u32(&w, data->channel);
    if (data->is_extended)
        writer_u32(&w, data->extended);
    writer_string(&w, data->data);
    return writer_end(&w);
}

static uint8_t *put_u32(uint8_t *out, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        *out++ = (uint8_t)(value >> shift);
    return out;
}

size_t channel_flow_data_header(uint8_t out[CHANNEL_FLOW_EXTENDED_HEADER], uint32_t channel,
                                uint32_t extended, size_t len)
{
    CHECK(len <= UINT32_MAX);
    uint8_t *at = out;
    *at++ = extended ? SSH_MSG_CHANNEL_EXTENDED_DATA : SSH_MSG_CHANNEL_DATA;
    at = put_u32(at, channel);
    if (extended)
        at = put_u32(at, extended);
    at = put_u32(at, (uint32_t)len);
    return (size_t)(at - out);
}

static bool is_signal(uint8_t number)
{
    return number == SSH_MSG_CHANNEL_EOF || number == SSH_MSG_CHANNEL_CLOSE ||
           number == SSH_MSG_CHANNEL_SUCCESS || number == SSH_MSG_CHANNEL_FAILURE;
}

enum err channel_flow_decode_signal(struct bytes payload, const struct field_sink *sink,
                                    struct channel_flow_signal *out)
{
    struct reader r = reader_over(payload, sink);

    out->number = reader_u8(&r, "message number");
    out->channel = reader_u32(&r, "recipient channel");
    TRY(reader_end(&r));

    return is_signal(out->number) ? OK : ERR_BAD_VALUE;
}

enum err channel_flow_encode_signal(struct buf *out, const struct channel_flow_signal *signal)
{
    CHECK(is_signal(signal->number));
    struct writer w = writer_to(out);
    writer_u8(&w, signal->number);
    writer_u32(&w, signal->channel);
    return writer_end(&w);
}

enum err channel_flow_decode_request(struct bytes payload, const struct field_sink *sink,
                                     struct channel_flow_request *out)
{
    struct reader r = reader_over(payload, sink);

    uint8_t number = reader_u8(&r, "message number");
    out->channel = reader_u32(&r, "recipient channel");
    out->name = reader_string(&r, "request type");
    out->want_reply = reader_bool(&r, "want reply");
    out->specific = reader_rest(&r, "request specific data");
    return message_end(&r, number, SSH_MSG_CHANNEL_REQUEST);
}

enum err channel_flow_encode_request(struct buf *out, const struct channel_flow_request *request)
{
    struct writer w = writer_to(out);
    writer_u8(&w, SSH_MSG_CHANNEL_REQUEST);
    writer_u32(&w, request->channel);
    writer_string(&w, request->name);
    writer_bool(&w, request->want_reply);
    writer_octets(&w, request->specific);
    return writer_end(&w);
}
