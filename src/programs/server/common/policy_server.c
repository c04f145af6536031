/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/common/policy_server.h"

#include "config/server_options.h"

#include <string.h>

/* The list in the policy's form; "any" is no list, "none" an empty one. False: it is too long. */
static bool add_list(const struct option_list *items, struct buf *room, struct policy_lists *lists)
{
    buf_init(room, POLICY_TEXT_MAX);
    if (items->count == 0 || strcmp(items->items[0], "any") == 0)
        return true;
    for (size_t i = 0; i < items->count; i++)
        if (strcmp(items->items[i], "none") != 0 &&
            buf_append(room, bytes_of(items->items[i], strlen(items->items[i]) + 1)) != OK)
            return false;
    lists->items[lists->count++] = buf_bytes(room);
    return true;
}

static unsigned forwardings_of(const struct server_options *o)
{
    const struct {
        bool is_allowed;
        unsigned feature;
    } rows[] = {
        { o->x11_forwarding, POLICY_X11 },
        { o->allow_agent_forwarding, POLICY_AGENT },
        { o->allow_tcp_forwarding & SERVER_FORWARD_LOCAL, POLICY_TCP_LOCAL },
        { o->allow_tcp_forwarding & SERVER_FORWARD_REMOTE, POLICY_TCP_REMOTE },
        { o->allow_stream_local_forwarding & SERVER_FORWARD_LOCAL, POLICY_STREAM_LOCAL },
        { o->allow_stream_local_forwarding & SERVER_FORWARD_REMOTE, POLICY_STREAM_REMOTE },
        { o->permit_tunnel != SERVER_TUNNEL_NONE, POLICY_TUNNEL },
    };
    unsigned features = 0;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && !o->disable_forwarding; i++)
        features |= rows[i].is_allowed ? rows[i].feature : 0U;
    return features;
}

static unsigned features_of(const struct server_options *o)
{
    bool has_environment =
        o->permit_user_environment && strcmp(o->permit_user_environment, "no") != 0;
    return POLICY_PROGRAM | POLICY_SIGNAL | (o->permit_tty ? POLICY_PTY : 0U) |
           (o->permit_user_rc ? POLICY_USER_RC : 0U) |
           (has_environment ? POLICY_USER_ENVIRONMENT : 0U) | forwardings_of(o);
}

void policy_server_init(struct policy_server *server, const struct server_options *options)
{
    struct policy *policy = &server->policy;
    *policy =
        (struct policy){ .features = features_of(options), .command = options->force_command };
    if (!add_list(&options->permit_open, &server->permit_open, &policy->permit_open))
        policy->features &= ~(unsigned)POLICY_TCP_LOCAL;
    if (!add_list(&options->permit_listen, &server->permit_listen, &policy->permit_listen))
        policy->features &= ~(unsigned)POLICY_TCP_REMOTE;
}

void policy_server_wipe(struct policy_server *server)
{
    buf_wipe(&server->permit_open);
    buf_wipe(&server->permit_listen);
    *server = (struct policy_server){ 0 };
}
