/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/msg/disconnect.h"

#include "base/writer.h"

/* RFC 4253 section 11.1. */
static const char *const reason_names[] = {
    [1] = "HOST_NOT_ALLOWED_TO_CONNECT",
    [2] = "PROTOCOL_ERROR",
    [3] = "KEY_EXCHANGE_FAILED",
    [4] = "RESERVED",
    [5] = "MAC_ERROR",
    [6] = "COMPRESSION_ERROR",
    [7] = "SERVICE_NOT_AVAILABLE",
    [8] = "PROTOCOL_VERSION_NOT_SUPPORTED",
    [9] = "HOST_KEY_NOT_VERIFIABLE",
    [10] = "CONNECTION_LOST",
    [11] = "BY_APPLICATION",
    [12] = "TOO_MANY_CONNECTIONS",
    [13] = "AUTH_CANCELLED_BY_USER",
    [14] = "NO_MORE_AUTH_METHODS_AVAILABLE",
    [15] = "ILLEGAL_USER_NAME",
};

const char *disconnect_reason_name(uint32_t reason)
{
    bool is_known = reason > 0 && reason < sizeof(reason_names) / sizeof(reason_names[0]);
    return is_known ? reason_names[reason] : "unassigned";
}

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
