/* SPDX-License-Identifier: BSD-2-Clause */
/* What a logged-in user may do. Zero allows nothing. The server's configuration and the line of authorized_keys that
 * let the user in are each a policy; their intersection applies, and there is no other way to combine them. Code that
 * grants something asks policy_allows first. */
#pragma once

#include "base/buf.h"

enum policy_number {
#define FEATURE(name, what, forced) POLICY_NUMBER_##name,
#include "programs/server/common/policy.def"
#undef FEATURE
    POLICY_FEATURE_COUNT
};

enum policy_feature {
#define FEATURE(name, what, forced) POLICY_##name = 1 << POLICY_NUMBER_##name,
#include "programs/server/common/policy.def"
#undef FEATURE
    POLICY_ALL = (1 << POLICY_FEATURE_COUNT) - 1,
};

/* A command that lets the user change the password and do nothing else: session/command.h. */
#define POLICY_CHANGE_PASSWORD "internal-passwd"

enum { POLICY_SOURCES_MAX = 4, POLICY_TEXT_MAX = 96 * 1024 };

/* Lists of "host:port"; what is asked for must be in each of them. Each item ends with a NUL. Without lists everything
 * is allowed; an empty list allows nothing. */
struct policy_lists {
    struct bytes items[POLICY_SOURCES_MAX];
    size_t count;
};

/* Everything is borrowed. */
struct policy {
    unsigned features;   /* bits of policy_feature */
    const char *command; /* runs instead of what the user asks for; or NULL */
    struct policy_lists permit_open, permit_listen;
    struct bytes environment; /* NAME=value, each ended by a NUL; counts with USER_ENVIRONMENT */
    const char *tunnel;       /* the device, a number; NULL: any */
};

/* Both must allow; the first one's command and variables win. A forced command takes some features away. Variables
 * grant nothing, so there is nothing to intersect: if two keys were needed, all variables of the first apply and none
 * of the other, as in sshd (sshauthopt_merge), so that no program sees a mixture that neither line says. Two keys'
 * commands must be the same: monitor/progress.h. */
struct policy policy_intersect(struct policy first, struct policy second);

bool policy_allows(const struct policy *policy, enum policy_feature feature);

/* Whether the server may connect, or listen, there for the user. */
bool policy_may_open(const struct policy *policy, struct bytes host, uint16_t port);
bool policy_may_listen(const struct policy *policy, struct bytes host, uint16_t port);

/* The policy as a record, for another process. What is decoded borrows from the octets. Anything but exactly a policy
 * is an error, and *policy then allows nothing. */
NODISCARD enum err policy_encode(const struct policy *policy, struct buf *out);
NODISCARD enum err policy_decode(struct bytes octets, struct policy *policy);
