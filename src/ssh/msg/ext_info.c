/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/msg/ext_info.h"

#include "base/check.h"
#include "base/writer.h"

static bool has_name(const struct ext_info *info, struct bytes name)
{
    for (size_t i = 0; i < info->count; i++)
        if (bytes_equal(info->item[i].name, name))
            return true;
    return false;
}

enum err ext_info_decode(struct bytes payload, const struct field_sink *sink, enum role receiver,
                         struct ext_info *out)
{
    if (receiver == ROLE_SERVER && payload.len > EXT_INFO_FROM_CLIENT_MAX)
        return ERR_TOO_LONG;
    struct reader r = reader_over(payload, sink);

    uint8_t number = reader_u8(&r, "message number");
    uint32_t count = reader_u32(&r, "extension count");
    if (count > EXT_INFO_MAX)
        return ERR_TOO_LONG;
    bool has_duplicate = false;
    for (out->count = 0; out->count < count; out->count++) {
        struct bytes name = reader_string(&r, "extension name");
        struct bytes value = reader_string(&r, "extension value");
        has_duplicate |= has_name(out, name);
        out->item[out->count] = (struct ext_info_item){ name, value };
    }
    TRY(message_end(&r, number, SSH_MSG_EXT_INFO));

    return has_duplicate ? ERR_BAD_VALUE : OK;
}

enum err ext_info_encode(struct buf *out, const struct ext_info *info)
{
    struct writer w = writer_to(out);
    writer_u8(&w, SSH_MSG_EXT_INFO);
    writer_u32(&w, (uint32_t)info->count);
    for (size_t i = 0; i < info->count; i++) {
        writer_string(&w, info->item[i].name);
        writer_string(&w, info->item[i].value);
    }
    return writer_end(&w);
}

void ext_info_add(struct ext_info *info, const char *name, struct bytes value)
{
    CHECK(info->count < EXT_INFO_MAX);
    info->item[info->count++] = (struct ext_info_item){ bytes_text(name), value };
}

enum err ext_info_names(const struct ext_info *info, struct buf *out)
{
    for (size_t i = 0; i < info->count; i++) {
        TRY(buf_append_text(out, i ? "," : ""));
        TRY(buf_append(out, info->item[i].name));
    }
    return OK;
}

bool ext_info_find(const struct ext_info *info, const char *name, struct bytes *value)
{
    for (size_t i = 0; i < info->count; i++) {
        if (!bytes_is(info->item[i].name, name))
            continue;
        if (value)
            *value = info->item[i].value;
        return true;
    }
    return false;
}
