/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/common/policy.h"

#include "base/host_port.h"
#include "base/reader.h"
#include "base/writer.h"

#include <string.h>

#define KEPT  0U
#define TAKEN 1U
static const unsigned taken_by_commands =
#define FEATURE(name, what, forced) ((forced) << POLICY_NUMBER_##name) |
#include "programs/server/common/policy.def"
#undef FEATURE
    0U;

/* What does not fit allows nothing. */
static bool add_lists(struct policy_lists *lists, const struct policy_lists *more)
{
    for (size_t i = 0; i < more->count; i++) {
        if (lists->count == POLICY_SOURCES_MAX)
            return false;
        lists->items[lists->count++] = more->items[i];
    }
    return true;
}

static bool tunnels_differ(const struct policy *first, const struct policy *second)
{
    return first->tunnel && second->tunnel && strcmp(first->tunnel, second->tunnel) != 0;
}

struct policy policy_intersect(struct policy first, struct policy second)
{
    struct policy both = first;
    both.features = first.features & second.features;
    both.command = first.command ? first.command : second.command;
    both.environment = first.environment.len ? first.environment : second.environment;
    both.tunnel = first.tunnel ? first.tunnel : second.tunnel;
    if (!add_lists(&both.permit_open, &second.permit_open) ||
        !add_lists(&both.permit_listen, &second.permit_listen))
        return (struct policy){ 0 };
    if (tunnels_differ(&first, &second))
        both.features &= ~(unsigned)POLICY_TUNNEL;
    if (both.command)
        both.features &= ~taken_by_commands;
    return both;
}

bool policy_allows(const struct policy *policy, enum policy_feature feature)
{
    return (policy->features & feature) != 0;
}

typedef bool (*covers_fn)(const struct host_port *allowed, struct bytes host, uint16_t port);

static bool list_has(struct bytes list, covers_fn covers, struct bytes host, uint16_t port)
{
    while (list.len) {
        struct host_port allowed;
        if (host_port_parse(bytes_cut(&list, 0), false, &allowed) && covers(&allowed, host, port))
            return true;
    }
    return false;
}

static bool lists_have(const struct policy_lists *lists, covers_fn covers, struct bytes host,
                       uint16_t port)
{
    for (size_t i = 0; i < lists->count; i++)
        if (!list_has(lists->items[i], covers, host, port))
            return false;
    return true;
}

bool policy_may_open(const struct policy *policy, struct bytes host, uint16_t port)
{
    return policy_allows(policy, POLICY_TCP_LOCAL) &&
           lists_have(&policy->permit_open, host_port_opens, host, port);
}

bool policy_may_listen(const struct policy *policy, struct bytes host, uint16_t port)
{
    return policy_allows(policy, POLICY_TCP_REMOTE) &&
           lists_have(&policy->permit_listen, host_port_listens, host, port);
}

/* ---- the record ---- */

/* With its NUL; empty: NULL. */
static void write_text(struct writer *w, const char *text)
{
    writer_string(w, text ? bytes_of(text, strlen(text) + 1) : BYTES_NONE);
}

static void write_lists(struct writer *w, const struct policy_lists *lists)
{
    writer_u32(w, (uint32_t)lists->count);
    for (size_t i = 0; i < lists->count; i++)
        writer_string(w, lists->items[i]);
}

enum err policy_encode(const struct policy *policy, struct buf *out)
{
    struct writer w = writer_to(out);
    writer_u32(&w, policy->features);
    write_text(&w, policy->command);
    write_lists(&w, &policy->permit_open);
    write_lists(&w, &policy->permit_listen);
    writer_string(&w, policy->environment);
    write_text(&w, policy->tunnel);
    return writer_end(&w);
}

static bool take_text(struct bytes octets, const char **text)
{
    *text = octets.len ? (const char *)octets.data : NULL;
    return octets.len == 0 || bytes_find(octets, 0) == octets.len - 1;
}

static bool is_list(struct bytes octets)
{
    return octets.len == 0 || octets.data[octets.len - 1] == 0;
}

static bool read_lists(struct reader *r, struct policy_lists *lists)
{
    bool are_good = true;
    uint32_t count = reader_u32(r, "count");
    if (count > POLICY_SOURCES_MAX)
        return false;
    for (lists->count = 0; lists->count < count; lists->count++) {
        struct bytes items = reader_string(r, "list");
        lists->items[lists->count] = items;
        are_good = are_good && is_list(items);
    }
    return are_good;
}

static enum err decode(struct bytes octets, struct policy *policy)
{
    struct reader r = reader_over(octets, NULL);
    policy->features = reader_u32(&r, "features");
    struct bytes command = reader_string(&r, "command");
    bool are_good = read_lists(&r, &policy->permit_open) && read_lists(&r, &policy->permit_listen);
    policy->environment = reader_string(&r, "environment");
    struct bytes tunnel = reader_string(&r, "tunnel");
    if (!are_good)
        return ERR_BAD_VALUE;
    TRY(reader_end(&r));
    are_good = take_text(command, &policy->command) && take_text(tunnel, &policy->tunnel) &&
               is_list(policy->environment) && policy->features <= POLICY_ALL;
    return are_good ? OK : ERR_BAD_VALUE;
}

enum err policy_decode(struct bytes octets, struct policy *policy)
{
    *policy = (struct policy){ 0 };
    enum err err = decode(octets, policy);
    if (err != OK)
        *policy = (struct policy){ 0 };
    return err;
}
