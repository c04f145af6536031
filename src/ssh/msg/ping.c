/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/msg/ping.h"

#include "base/writer.h"

enum err ping_decode(struct bytes payload, const struct field_sink *sink, struct ping *out)
{
    struct reader r = reader_over(payload, sink);

    out->number = reader_u8(&r, "message number");
    out->data = reader_string(&r, "data");
    TRY(reader_end(&r));

    bool is_ours = out->number == SSH_MSG_PING || out->number == SSH_MSG_PONG;
    return is_ours ? OK : ERR_BAD_VALUE;
}

enum err ping_encode(struct buf *out, const struct ping *ping)
{
    struct writer w = writer_to(out);
    writer_u8(&w, ping->number);
    writer_string(&w, ping->data);
    return writer_end(&w);
}
