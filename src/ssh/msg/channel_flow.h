/* SPDX-License-Identifier: BSD-2-Clause */
/* The messages of an open channel, RFC 4254 sections 5.2 to 5.4: its data, window, end, requests and
 * their replies. All begin with the recipient's number of the channel. */
#pragma once

#include "ssh/msg/message.h"

/* CHANNEL_WINDOW_ADJUST. */
struct channel_flow_window {
    uint32_t channel;
    uint32_t count; /* more octets that may be sent */
};

/* CHANNEL_DATA and CHANNEL_EXTENDED_DATA. */
struct channel_flow_data {
    uint32_t channel;
    bool is_extended;
    uint32_t extended; /* the type of EXTENDED_DATA: 1 is stderr; 0 for CHANNEL_DATA */
    struct bytes data;
};

/* CHANNEL_EOF, CHANNEL_CLOSE, CHANNEL_SUCCESS, CHANNEL_FAILURE. */
struct channel_flow_signal {
    uint8_t number;
    uint32_t channel;
};

/* CHANNEL_REQUEST; what `specific` means is in ssh/channel/channel_request.h. */
struct channel_flow_request {
    uint32_t channel;
    struct bytes name;
    bool want_reply;
    struct bytes specific;
};

/* The recipient channel of any of these payloads. ERR_TRUNCATED. */
NODISCARD enum err channel_flow_channel(struct bytes payload, uint32_t *channel);

NODISCARD enum err channel_flow_decode_window(struct bytes payload, const struct field_sink *sink,
                                              struct channel_flow_window *out);
NODISCARD enum err channel_flow_encode_window(struct buf *out,
                                              const struct channel_flow_window *window);

/* Either number, told apart by `is_extended`. */
NODISCARD enum err channel_flow_decode_data(struct bytes payload, const struct field_sink *sink,
                                            struct channel_flow_data *out);
NODISCARD enum err channel_flow_encode_data(struct buf *out, const struct channel_flow_data *data);

/* Writes what comes before `len` octets of data in such a payload, for callers that build it in place; `extended` 0
 * means CHANNEL_DATA. Returns the header's length, which depends on `extended` only. */
enum { CHANNEL_FLOW_DATA_HEADER = 9, CHANNEL_FLOW_EXTENDED_HEADER = 13 };
size_t channel_flow_data_header(uint8_t out[CHANNEL_FLOW_EXTENDED_HEADER], uint32_t channel,
                                uint32_t extended, size_t len);

NODISCARD enum err channel_flow_decode_signal(struct bytes payload, const struct field_sink *sink,
                                              struct channel_flow_signal *out);
NODISCARD enum err channel_flow_encode_signal(struct buf *out,
                                              const struct channel_flow_signal *signal);

NODISCARD enum err channel_flow_decode_request(struct bytes payload, const struct field_sink *sink,
                                               struct channel_flow_request *out);
NODISCARD enum err channel_flow_encode_request(struct buf *out,
                                               const struct channel_flow_request *request);
