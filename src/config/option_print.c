/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/option.h"
#include "config/option_value.h"

#include <string.h>

/* A line being printed. */
struct shown {
    const struct option_row *row;
    struct option_name name;
    union option_field value;
};

static enum err print_word(const struct shown *shown, const char *word, struct buf *out)
{
    return buf_format(out, "%s %s\n", shown->name.text, word);
}

static enum err print_flag(const struct shown *shown, struct buf *out)
{
    return print_word(shown, shown->value.flag ? "yes" : "no", out);
}

static enum err print_choice(const struct shown *shown, struct buf *out)
{
    return print_word(shown,
                      option_value_choice_text(shown->row->choices, shown->value.number).text, out);
}

static enum err print_number(const struct shown *shown, struct buf *out)
{
    int number = shown->value.number;
    return number < 0 ? print_word(shown, "none", out)
                      : buf_format(out, "%s %d\n", shown->name.text, number);
}

static enum err print_seconds(const struct shown *shown, struct buf *out)
{
    return print_word(shown, option_value_seconds_text(shown->value.number).text, out);
}

static enum err print_text(const struct shown *shown, struct buf *out)
{
    const char *text = shown->value.text ? shown->value.text : shown->row->fallback;
    return text ? print_word(shown, text, out) : OK;
}

static enum err print_list(const struct shown *shown, struct buf *out)
{
    for (size_t i = 0; i < shown->value.list.count; i++)
        TRY(print_word(shown, shown->value.list.items[i], out));
    return OK;
}

static enum err print_words(const struct shown *shown, struct buf *out)
{
    const struct option_list *list = &shown->value.list;
    TRY(buf_append_text(out, shown->name.text));
    for (size_t i = 0; i < list->count; i++)
        TRY(buf_format(out, " %s", list->items[i]));
    return buf_append_text(out, list->count ? "\n" : " none\n");
}

static enum err print_ports(const struct shown *shown, struct buf *out)
{
    for (size_t i = 0; i < shown->value.ports.count; i++)
        TRY(buf_format(out, "%s %d\n", shown->name.text, shown->value.ports.numbers[i]));
    return OK;
}

static enum err print_rekey(const struct shown *shown, struct buf *out)
{
    const struct option_rekey *rekey = &shown->value.rekey;
    return buf_format(out, "%s %llu %u\n", shown->name.text, (unsigned long long)rekey->octets,
                      rekey->seconds);
}

static enum err print_ipqos(const struct shown *shown, struct buf *out)
{
    const struct option_ipqos *ipqos = &shown->value.ipqos;
    return buf_format(out, "%s %s %s\n", shown->name.text,
                      option_value_service_text(ipqos->interactive).text,
                      option_value_service_text(ipqos->bulk).text);
}

static enum err print_escape(const struct shown *shown, struct buf *out)
{
    return print_word(shown, option_value_escape_text(shown->value.number).text, out);
}

static enum err print_startups(const struct shown *shown, struct buf *out)
{
    const struct option_startups *startups = &shown->value.startups;
    return buf_format(out, "%s %d:%d:%d\n", shown->name.text, startups->begin, startups->rate,
                      startups->full);
}

static enum err print_blocks(const struct shown *shown, struct buf *out)
{
    const struct option_net_blocks *blocks = &shown->value.net_blocks;
    return buf_format(out, "%s %d:%d\n", shown->name.text, blocks->ipv4, blocks->ipv6);
}

static enum err print_penalties(const struct shown *shown, struct buf *out)
{
    return option_penalties_print(shown->name.text, &shown->value.penalties, out);
}

enum err option_print(const struct option_row *row, const void *base, struct buf *out)
{
    static enum err (*const print[])(const struct shown *shown, struct buf *out) = {
#define KIND(name, member, collects, parse, print, written) [OPTION_##name] = print,
#include "config/option_kind.def"
#undef KIND
    };
    struct shown shown = { .row = row, .name = option_name(bytes_text(row->keyword)) };
    memcpy(&shown.value, (const uint8_t *)base + row->offset, option_size(row->kind));
    return print[row->kind](&shown, out);
}
