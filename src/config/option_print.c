/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/check.h"
#include "config/option.h"
#include "config/option_value.h"

#include <string.h>

static enum err print_list(const char *name, const struct option_list *list, struct buf *out)
{
    for (size_t i = 0; i < list->count; i++)
        TRY(buf_format(out, "%s %s\n", name, list->items[i]));
    return OK;
}

static enum err print_words(const char *name, const struct option_list *list, struct buf *out)
{
    TRY(buf_append_text(out, name));
    for (size_t i = 0; i < list->count; i++)
        TRY(buf_format(out, " %s", list->items[i]));
    return buf_append_text(out, list->count ? "\n" : " none\n");
}

static enum err print_ports(const char *name, const struct option_ports *ports, struct buf *out)
{
    for (size_t i = 0; i < ports->count; i++)
        TRY(buf_format(out, "%s %d\n", name, ports->numbers[i]));
    return OK;
}

static enum err print_text(const char *name, const struct option_row *row, const char *text,
                           struct buf *out)
{
    const char *shown = text ? text : row->fallback;
    return shown ? buf_format(out, "%s %s\n", name, shown) : OK;
}

static enum err print_ipqos(const char *name, const struct option_ipqos *ipqos, struct buf *out)
{
    return buf_format(out, "%s %s %s\n", name, option_value_service_text(ipqos->interactive).text,
                      option_value_service_text(ipqos->bulk).text);
}

static enum err print(const struct option_row *row, const char *name,
                      const union option_field *value, struct buf *out)
{
    switch (row->kind) {
    case OPTION_FLAG:
        return buf_format(out, "%s %s\n", name, value->flag ? "yes" : "no");
    case OPTION_CHOICE:
        return buf_format(out, "%s %s\n", name,
                          option_value_choice_text(row->choices, value->number).text);
    case OPTION_NUMBER:
        return value->number < 0 ? buf_format(out, "%s none\n", name)
                                 : buf_format(out, "%s %d\n", name, value->number);
    case OPTION_PORT:
        return buf_format(out, "%s %d\n", name, value->number);
    case OPTION_SECONDS:
        return buf_format(out, "%s %s\n", name, option_value_seconds_text(value->number).text);
    case OPTION_TEXT:
    case OPTION_NAMES:
    case OPTION_LINE:
        return print_text(name, row, value->text, out);
    case OPTION_WORDS:
    case OPTION_ITEMS:
        return print_words(name, &value->list, out);
    case OPTION_LIST:
    case OPTION_LISTEN:
    case OPTION_PATTERNS:
    case OPTION_WHO:
    case OPTION_SETTINGS:
    case OPTION_COMMAND:
        return print_list(name, &value->list, out);
    case OPTION_PORTS:
        return print_ports(name, &value->ports, out);
    case OPTION_REKEY:
        return buf_format(out, "%s %llu %u\n", name, (unsigned long long)value->rekey.octets,
                          value->rekey.seconds);
    case OPTION_IPQOS:
        return print_ipqos(name, &value->ipqos, out);
    case OPTION_ESCAPE:
        return buf_format(out, "%s %s\n", name, option_value_escape_text(value->number).text);
    case OPTION_STARTUPS:
        return buf_format(out, "%s %d:%d:%d\n", name, value->startups.begin, value->startups.rate,
                          value->startups.full);
    case OPTION_BLOCKS:
        return buf_format(out, "%s %d:%d\n", name, value->net_blocks.ipv4, value->net_blocks.ipv6);
    case OPTION_PENALTIES:
        return option_penalties_print(name, &value->penalties, out);
    }
    CHECK(false);
    return OK;
}

enum err option_print(const struct option_row *row, const void *base, struct buf *out)
{
    union option_field value;
    memcpy(&value, (const uint8_t *)base + row->offset, option_size(row->kind));
    return print(row, option_name(bytes_text(row->keyword)).text, &value, out);
}
