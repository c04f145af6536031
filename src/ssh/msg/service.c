/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/msg/service.h"

#include "base/writer.h"

enum err service_decode(struct bytes payload, const struct field_sink *sink, struct service *out)
{
    struct reader r = reader_over(payload, sink);

    out->number = reader_u8(&r, "message number");
    bool has_name = out->number != SSH_MSG_SERVICE_ACCEPT || reader_more(&r);
    out->name = has_name ? reader_string(&r, "service name") : BYTES_NONE;
    TRY(reader_end(&r));

    if (out->number != SSH_MSG_SERVICE_REQUEST && out->number != SSH_MSG_SERVICE_ACCEPT)
        return ERR_BAD_VALUE;
    return out->name.len <= SERVICE_NAME_MAX ? OK : ERR_TOO_LONG;
}

enum err service_encode(struct buf *out, const struct service *service)
{
    struct writer w = writer_to(out);
    writer_u8(&w, service->number);
    writer_string(&w, service->name);
    return writer_end(&w);
}
