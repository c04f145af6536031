/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/told.h"

#include "programs/server/common/log.h"

enum { SECOND_MS = 1000 };

void told_finish(struct told *told)
{
    if (told->unsaid > 0)
        LOG(UNSAID, .count = events_number(told->unsaid));
    told->unsaid = 0;
}

static bool is_too_many(struct told *told, int64_t now_ms)
{
    if (now_ms - told->since_ms >= SECOND_MS) {
        told_finish(told);
        told->since_ms = now_ms;
        told->count = 0;
    }
    if (told->count == TOLD_PER_SECOND)
        told->unsaid++;
    else
        told->count++;
    return told->unsaid > 0;
}

enum err told_take(struct told *told, const struct record *record, int64_t now_ms)
{
    uint32_t id = record->numbers[0];
    if (id >= EVENTS_COUNT || events_row(id)->sender != EVENTS_WORKER)
        return ERR_BAD_VALUE;
    const struct events_row *row = events_row(id);
    if (!log_wants(row->level) || is_too_many(told, now_ms))
        return OK;

    struct events_value values[EVENTS_FIELDS_MAX];
    size_t texts = 0;
    for (size_t i = 0; i < row->field_count; i++) {
        bool is_text = row->fields[i].kind == EVENTS_TEXT;
        values[i] =
            is_text ? events_bytes(record->texts[texts++]) : events_number(record->numbers[1]);
    }
    log_event(row->level, id, values);
    return OK;
}
