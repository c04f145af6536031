/* SPDX-License-Identifier: BSD-2-Clause */
#include "ipc/record.h"

#include "base/check.h"
#include "base/reader.h"
#include "base/writer.h"

static const struct {
    enum record_end from, to;
    enum record_phase phase;
    size_t numbers, texts, len_max;
    uint32_t times;
} types[RECORD_TYPE_COUNT] = {
#define RECORD(name, from, to, phase, n, t, octets, times, what) \
    [RECORD_##name] = { RECORD_##from, RECORD_##to, RECORD_PHASE_##phase, n, t, octets, times },
#include "ipc/record.def"
#undef RECORD
};

#define RECORD(name, from, to, phase, numbers, texts, octets, times, what)       \
    _Static_assert(numbers <= RECORD_NUMBERS_MAX && texts <= RECORD_TEXTS_MAX && \
                       (octets) <= RECORD_LEN_MAX,                               \
                   "the struct has room for it");
#include "ipc/record.def"
#undef RECORD

enum err record_encode(const struct record *record, struct buf *out)
{
    CHECK(record->type < RECORD_TYPE_COUNT);
    size_t before = buf_len(out);
    struct writer w = writer_to(out);
    writer_u8(&w, (uint8_t)record->type);
    for (size_t i = 0; i < types[record->type].numbers; i++)
        writer_u32(&w, record->numbers[i]);
    for (size_t i = 0; i < types[record->type].texts; i++)
        writer_string(&w, record->texts[i]);
    TRY(writer_end(&w));
    if (buf_len(out) - before <= types[record->type].len_max)
        return OK;
    buf_truncate(out, before);
    return ERR_TOO_LONG;
}

enum err record_decode(struct bytes datagram, struct record *record)
{
    struct reader r = reader_over(datagram, NULL);
    uint8_t type = reader_u8(&r, "type");
    if (datagram.len == 0 || type >= RECORD_TYPE_COUNT)
        return ERR_BAD_VALUE;
    if (datagram.len > types[type].len_max)
        return ERR_TOO_LONG;
    *record = (struct record){ .type = type };
    for (size_t i = 0; i < types[type].numbers; i++)
        record->numbers[i] = reader_u32(&r, "number");
    for (size_t i = 0; i < types[type].texts; i++)
        record->texts[i] = reader_string(&r, "text");
    return reader_end(&r);
}

enum err record_admit(struct record_gate *gate, enum record_type type, enum record_end from,
                      enum record_end to)
{
    CHECK(type < RECORD_TYPE_COUNT);
    enum record_phase phase = gate->is_open ? RECORD_PHASE_OPEN : RECORD_PHASE_LOGIN;
    if (types[type].from != from || types[type].to != to || !(types[type].phase & phase))
        return ERR_BAD_STATE;
    if (types[type].times && gate->counts[type] == types[type].times)
        return ERR_OVER_BUDGET;
    gate->counts[type]++;
    return OK;
}
