/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/methods.h"

#include "base/check.h"
#include "config/option.h"

#include <stdlib.h>
#include <string.h>

const char *methods_name(enum monitor_method method)
{
    switch (method) {
    case MONITOR_NONE:
        return "none";
    case MONITOR_PUBLICKEY:
        return "publickey";
    case MONITOR_PASSWORD:
        return "password";
    case MONITOR_INTERACTIVE:
        return "keyboard-interactive";
    case MONITOR_OTHER:
        break;
    }
    return "unknown";
}

/* Whether the list's first entry is the method, which must be offered, with no device but ours. */
static bool begins_with(const struct methods *m, struct bytes list, enum monitor_method method)
{
    struct bytes device = bytes_cut(&list, ',');
    struct bytes name = bytes_cut(&device, ':');
    return (m->offered >> method & 1) && bytes_is(name, methods_name(method)) &&
           (device.len == 0 ||
            (method == MONITOR_INTERACTIVE && m->device && bytes_is(device, m->device)));
}

static bool is_a_way(const struct methods *m, struct bytes list)
{
    bool is_known = list.len > 0;
    while (is_known && list.len > 0) {
        is_known = false;
        for (enum monitor_method i = MONITOR_PUBLICKEY; i <= MONITOR_INTERACTIVE; i++)
            is_known |= begins_with(m, list, i);
        (void)bytes_cut(&list, ',');
    }
    return is_known;
}

void methods_init(struct methods *m, const struct option_list *lists, unsigned offered,
                  const char *device)
{
    *m = (struct methods){ .offered = offered, .device = device };
    m->is_any = lists->count == 0 || bytes_is(bytes_text(lists->items[0]), "any");
    for (size_t i = 0; i < lists->count && !m->is_any; i++) {
        if (!is_a_way(m, bytes_text(lists->items[i])))
            continue;
        CHECK(m->count < METHODS_LISTS_MAX);
        char *text = strdup(lists->items[i]);
        CHECK(text);
        m->lists[m->count++].text = text;
    }
}

void methods_wipe(struct methods *m)
{
    for (size_t i = 0; i < m->count; i++)
        free(m->lists[i].text);
    *m = (struct methods){ 0 };
}

static struct bytes rest_of(const struct methods *m, size_t i)
{
    return bytes_text(m->lists[i].text + m->lists[i].done);
}

bool methods_allow(const struct methods *m, enum monitor_method method)
{
    if (m->is_any)
        return m->offered >> method & 1;
    for (size_t i = 0; i < m->count; i++)
        if (begins_with(m, rest_of(m, i), method))
            return true;
    return false;
}

enum err methods_format(const struct methods *m, struct buf *out)
{
    bool is_first = true;
    for (enum monitor_method i = MONITOR_PUBLICKEY; i <= MONITOR_INTERACTIVE; i++) {
        if (!methods_allow(m, i))
            continue;
        TRY(buf_format(out, "%s%s", is_first ? "" : ",", methods_name(i)));
        is_first = false;
    }
    return OK;
}

bool methods_take(struct methods *m, enum monitor_method method)
{
    bool is_end = m->is_any;
    for (size_t i = 0; i < m->count; i++) {
        struct bytes rest = rest_of(m, i);
        if (!begins_with(m, rest, method))
            continue;
        struct bytes entry = bytes_cut(&rest, ',');
        is_end |= rest.len == 0;
        m->lists[i].done += rest.len ? entry.len + 1 : entry.len;
    }
    return is_end;
}
