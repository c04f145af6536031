/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/option_penalties.h"

#include "config/option_value.h"

#include <stddef.h>
#include <string.h>

enum kind { TIME, SOURCES, OVERFLOW };

enum { SECOND_MS = 1000 };

static const struct part {
    const char *name;
    enum kind kind;
    size_t offset;
    int64_t standard;
} parts[] = {
#define PART(name, kind, field, standard)                              \
    {                                                                  \
        name, kind, offsetof(struct option_penalties, field), standard \
    }
    PART("crash", TIME, crash, 90 * SECOND_MS),
    PART("authfail", TIME, authfail, 5 * SECOND_MS),
    PART("noauth", TIME, noauth, 1 * SECOND_MS),
    PART("invaliduser", TIME, invaliduser, 5 * SECOND_MS),
    PART("grace-exceeded", TIME, grace_exceeded, 10 * SECOND_MS),
    PART("refuseconnection", TIME, refuseconnection, 10 * SECOND_MS),
    PART("max", TIME, max, 600 * SECOND_MS),
    PART("min", TIME, min, 15 * SECOND_MS),
    PART("max-sources4", SOURCES, max_sources4, 65536),
    PART("max-sources6", SOURCES, max_sources6, 65536),
    PART("overflow", OVERFLOW, overflow_denies, 0),
    PART("overflow6", OVERFLOW, overflow6_denies, 0),
#undef PART
};
enum { PART_COUNT = sizeof(parts) / sizeof(parts[0]) };

static const struct option_choice overflows[] = { { "permissive", 0 },
                                                  { "deny-all", 1 },
                                                  { NULL, 0 } };

/* "5s", "1h30m", "0.5", "0.5s". */
static bool parse_time(struct bytes word, int64_t *ms)
{
    size_t point = bytes_find(word, '.');
    int seconds = 0;
    uint64_t fraction = 0;
    if (!option_value_seconds(bytes_slice(word, 0, point), &seconds))
        return false;
    struct bytes digits = bytes_skip(word, point + 1);
    if (digits.len && option_value_is(bytes_skip(digits, digits.len - 1), "s"))
        digits.len--;
    bool is_good = point >= word.len || (digits.len > 0 && digits.len <= 3 &&
                                         bytes_to_number(digits, SECOND_MS - 1, &fraction));
    for (size_t i = digits.len; i < 3; i++)
        fraction *= 10;
    *ms = (int64_t)seconds * SECOND_MS + (int64_t)fraction;
    return is_good;
}

static bool parse(const struct part *part, struct bytes text, int64_t *value)
{
    int number = 0;
    uint64_t count = 0;
    bool is_good = false;
    switch (part->kind) {
    case TIME:
        return parse_time(text, value);
    case SOURCES:
        is_good = bytes_to_number(text, INT32_MAX, &count) && count > 0;
        *value = (int64_t)count;
        return is_good;
    case OVERFLOW:
        is_good = option_value_choice(overflows, text, &number);
        *value = number;
        return is_good;
    }
    return false;
}

static void set(struct option_penalties *penalties, size_t index, int64_t value)
{
    uint8_t *field = (uint8_t *)penalties + parts[index].offset;
    if (penalties->given & 1U << index)
        return;
    penalties->given |= 1U << index;
    if (parts[index].kind == OVERFLOW)
        *(bool *)field = value != 0;
    else
        memcpy(field, &value, sizeof(value));
}

bool option_penalties_take(struct option_penalties *penalties, struct bytes word)
{
    int is_on = 0;
    if (option_value_choice(option_value_flags, word, &is_on)) {
        if (!(penalties->given & 1U << PART_COUNT))
            penalties->is_off = is_on == 0;
        penalties->given |= 1U << PART_COUNT;
        return true;
    }
    struct bytes text = word;
    struct bytes name = bytes_cut(&text, ':');
    for (size_t i = 0; i < PART_COUNT; i++) {
        int64_t value = 0;
        if (!bytes_is(name, parts[i].name))
            continue;
        if (!parse(&parts[i], text, &value))
            return false;
        set(penalties, i, value);
        return true;
    }
    return false;
}

void option_penalties_fill(struct option_penalties *penalties)
{
    enum { OVERFLOW6 = PART_COUNT - 1 };
    for (size_t i = 0; i < PART_COUNT; i++)
        set(penalties, i, i == OVERFLOW6 ? penalties->overflow_denies : parts[i].standard);
}

static enum err print_part(const struct option_penalties *penalties, const struct part *part,
                           struct buf *out)
{
    const uint8_t *field = (const uint8_t *)penalties + part->offset;
    int64_t value = 0;
    if (part->kind == OVERFLOW)
        return buf_format(out, " %s:%s", part->name, overflows[*(const bool *)field ? 1 : 0].name);
    memcpy(&value, field, sizeof(value));
    if (part->kind == SOURCES)
        return buf_format(out, " %s:%lld", part->name, (long long)value);
    TRY(buf_format(out, " %s:%lld", part->name, (long long)value / SECOND_MS));
    return value % SECOND_MS ? buf_format(out, ".%03lld", (long long)value % SECOND_MS) : OK;
}

enum err option_penalties_print(const char *name, const struct option_penalties *penalties,
                                struct buf *out)
{
    if (penalties->is_off)
        return buf_format(out, "%s no\n", name);
    TRY(buf_append_text(out, name));
    for (size_t i = 0; i < PART_COUNT; i++)
        TRY(print_part(penalties, &parts[i], out));
    return buf_append_text(out, "\n");
}
