/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenSSH's ping@openssh.com: a PING is answered by a PONG with the same data. */
#pragma once

#include "ssh/msg/message.h"

enum { PING_ANSWER_MAX = 1024 }; /* octets of a ping that is still answered */

struct ping {
    uint8_t number; /* SSH_MSG_PING or SSH_MSG_PONG */
    struct bytes data;
};

NODISCARD enum err ping_decode(struct bytes payload, const struct field_sink *sink,
                               struct ping *out);
NODISCARD enum err ping_encode(struct buf *out, const struct ping *ping);
