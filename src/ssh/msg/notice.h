/* SPDX-License-Identifier: BSD-2-Clause */
/* The messages that change nothing, RFC 4253 sections 11.2 to 11.4: IGNORE, DEBUG, UNIMPLEMENTED. */
#pragma once

#include "ssh/msg/message.h"

struct notice_ignore {
    struct bytes data;
};

struct notice_debug {
    bool always_display;
    struct bytes text;
    struct bytes language;
};

struct notice_unimplemented {
    uint32_t sequence; /* of the packet that was not understood */
};

NODISCARD enum err notice_decode_ignore(struct bytes payload, const struct field_sink *sink,
                                        struct notice_ignore *out);
NODISCARD enum err notice_encode_ignore(struct buf *out, const struct notice_ignore *ignore);
NODISCARD enum err notice_decode_debug(struct bytes payload, const struct field_sink *sink,
                                       struct notice_debug *out);
NODISCARD enum err notice_encode_debug(struct buf *out, const struct notice_debug *debug);
NODISCARD enum err notice_decode_unimplemented(struct bytes payload, const struct field_sink *sink,
                                               struct notice_unimplemented *out);
NODISCARD enum err notice_encode_unimplemented(struct buf *out,
                                               const struct notice_unimplemented *unimplemented);
