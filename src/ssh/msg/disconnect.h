/* SPDX-License-Identifier: BSD-2-Clause */
/* SSH_MSG_DISCONNECT, RFC 4253 section 11.1. */
#pragma once

#include "ssh/msg/message.h"

struct disconnect {
    uint32_t reason;
    struct bytes text;     /* UTF-8, for people */
    struct bytes language; /* ours is always empty; peers that leave it out are tolerated */
};

NODISCARD enum err disconnect_decode(struct bytes payload, const struct field_sink *sink,
                                     struct disconnect *out);
NODISCARD enum err disconnect_encode(struct buf *out, const struct disconnect *disconnect);
