/* SPDX-License-Identifier: BSD-2-Clause */
/* What a logged-in user may do. Zero allows nothing. The server's configuration and the line of
 * authorized_keys that let the user in are each a policy; what holds is their intersection. */
#pragma once

#include <stdbool.h>

enum policy_feature {
    POLICY_PTY = 1 << 0,
    POLICY_SIGNAL = 1 << 1,
    POLICY_ALL = POLICY_PTY | POLICY_SIGNAL,
};

struct policy {
    unsigned features;   /* bits of policy_feature */
    const char *command; /* runs instead of what the user asks for; NULL: none is forced */
};

/* Both must allow; the first one's command wins. A forced command takes the signals away. */
struct policy policy_intersect(struct policy first, struct policy second);

bool policy_allows(const struct policy *policy, enum policy_feature feature);
