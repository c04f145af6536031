/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/msg/kex_share.h"

#include "base/writer.h"

enum err kex_share_decode_init(struct bytes payload, const struct field_sink *sink,
                               struct kex_share_init *out)
{
    struct reader r = reader_over(payload, sink);

    uint8_t number = reader_u8(&r, "message number");
    out->share = reader_string(&r, "client share");
    TRY(message_end(&r, number, SSH_MSG_KEX_INIT));

    return out->share.len <= KEX_SHARE_LEN_MAX ? OK : ERR_BAD_KEX;
}

enum err kex_share_encode_init(struct buf *out, const struct kex_share_init *init)
{
    struct writer w = writer_to(out);
    writer_u8(&w, SSH_MSG_KEX_INIT);
    writer_string(&w, init->share);
    return writer_end(&w);
}

enum err kex_share_decode_reply(struct bytes payload, const struct field_sink *sink,
                                struct kex_share_reply *out)
{
    struct reader r = reader_over(payload, sink);

    uint8_t number = reader_u8(&r, "message number");
    out->host_key = reader_string(&r, "host key");
    out->share = reader_string(&r, "server share");
    out->signature = reader_string(&r, "signature");
    TRY(message_end(&r, number, SSH_MSG_KEX_REPLY));

    bool fits = out->host_key.len <= KEX_SHARE_KEY_MAX && out->share.len <= KEX_SHARE_LEN_MAX &&
                out->signature.len <= KEX_SHARE_KEY_MAX;
    return fits ? OK : ERR_BAD_KEX;
}

enum err kex_share_encode_reply(struct buf *out, const struct kex_share_reply *reply)
{
    struct writer w = writer_to(out);
    writer_u8(&w, SSH_MSG_KEX_REPLY);
    writer_string(&w, reply->host_key);
    writer_string(&w, reply->share);
    writer_string(&w, reply->signature);
    return writer_end(&w);
}

enum err kex_share_magnitude(struct bytes share, struct bytes *magnitude)
{
    if (share.len == 0) {
        *magnitude = share;
        return OK;
    }
    bool has_zero = share.data[0] == 0;
    bool needs_zero = share.len > 1 && share.data[1] >= 0x80;
    if (share.data[0] >= 0x80 || (has_zero && !needs_zero))
        return ERR_BAD_KEX;
    *magnitude = bytes_skip(share, has_zero ? 1 : 0);
    return OK;
}

enum err kex_share_from_magnitude(struct buf *out, struct bytes magnitude)
{
    while (magnitude.len > 0 && magnitude.data[0] == 0)
        magnitude = bytes_skip(magnitude, 1);
    struct writer w = writer_to(out);
    if (magnitude.len > 0 && magnitude.data[0] >= 0x80)
        writer_u8(&w, 0);
    writer_octets(&w, magnitude);
    return writer_end(&w);
}
