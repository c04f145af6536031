/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/msg/message.h"

#include "base/writer.h"

static const char *const names[UINT8_MAX + 1] = {
#define MESSAGE(number, name) [number] = #name,
#include "ssh/msg/message.def"
#undef MESSAGE
};

const char *message_name(uint8_t number)
{
    return names[number] ? names[number] : "unassigned";
}

uint8_t message_number(struct bytes payload)
{
    return payload.len ? payload.data[0] : 0;
}

enum err message_end(const struct reader *r, uint8_t number, uint8_t wanted)
{
    TRY(reader_end(r));
    return number == wanted ? OK : ERR_BAD_VALUE;
}

enum err message_decode_bare(struct bytes payload, const struct field_sink *sink, uint8_t number)
{
    struct reader r = reader_over(payload, sink);
    uint8_t found = reader_u8(&r, "message number");
    return message_end(&r, found, number);
}

enum err message_encode_bare(struct buf *out, uint8_t number)
{
    struct writer w = writer_to(out);
    writer_u8(&w, number);
    return writer_end(&w);
}
