/* SPDX-License-Identifier: BSD-2-Clause */
/* SSH_MSG_CHANNEL_OPEN and its two answers, RFC 4254 section 5.1. */
#pragma once

#include "ssh/msg/message.h"

struct channel_open {
    struct bytes type;
    uint32_t sender_channel;
    uint32_t window;       /* octets that the sender is ready to receive */
    uint32_t max_packet;   /* octets of data that it takes in one message */
    struct bytes specific; /* what the channel's type defines */
};

struct channel_open_confirmation {
    uint32_t recipient_channel;
    uint32_t sender_channel;
    uint32_t window;
    uint32_t max_packet; /* not 0 */
};

struct channel_open_failure {
    uint32_t recipient_channel;
    uint32_t reason; /* SSH_OPEN_… */
    struct bytes text;
    struct bytes language;
};

NODISCARD enum err channel_open_decode(struct bytes payload, const struct field_sink *sink,
                                       struct channel_open *out);
NODISCARD enum err channel_open_encode(struct buf *out, const struct channel_open *open);

/* None of our channel types has anything after the four numbers: that is ERR_TRAILING.
 * ERR_BAD_VALUE for a maximum packet of 0. */
NODISCARD enum err channel_open_decode_confirmation(struct bytes payload,
                                                    const struct field_sink *sink,
                                                    struct channel_open_confirmation *out);
NODISCARD enum err channel_open_encode_confirmation(
    struct buf *out, const struct channel_open_confirmation *confirmation);
NODISCARD enum err channel_open_decode_failure(struct bytes payload, const struct field_sink *sink,
                                               struct channel_open_failure *out);
NODISCARD enum err channel_open_encode_failure(struct buf *out,
                                               const struct channel_open_failure *failure);
