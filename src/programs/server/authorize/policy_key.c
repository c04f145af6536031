/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/authorize/policy_key.h"

/* The features that a permission of the line stands for; features without a permission are allowed by every line. */
static const struct {
    unsigned permission, features;
} rows[] = {
    { KEY_OPTIONS_PTY, POLICY_PTY },
    { KEY_OPTIONS_PORT_FORWARDING, POLICY_TCP_LOCAL | POLICY_TCP_REMOTE | POLICY_STREAM_LOCAL |
                                       POLICY_STREAM_REMOTE | POLICY_TUNNEL },
    { KEY_OPTIONS_AGENT_FORWARDING, POLICY_AGENT },
    { KEY_OPTIONS_X11_FORWARDING, POLICY_X11 },
    { KEY_OPTIONS_USER_RC, POLICY_USER_RC },
};

static void add_list(const struct key_options_text *given, struct policy_lists *lists)
{
    if (given->is_given)
        lists->items[lists->count++] = buf_bytes(&given->text);
}

struct policy policy_key_of(struct key_options *options)
{
    struct policy policy = { .features = POLICY_ALL };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (!(options->permissions & rows[i].permission))
            policy.features &= ~rows[i].features;
    if (options->command.is_given)
        policy.command = buf_text(&options->command.text);
    if (options->tunnel.is_given && !bytes_is(buf_bytes(&options->tunnel.text), "any"))
        policy.tunnel = buf_text(&options->tunnel.text);
    policy.environment = buf_bytes(&options->environment.text);
    add_list(&options->permit_open, &policy.permit_open);
    add_list(&options->permit_listen, &policy.permit_listen);
    return policy;
}
