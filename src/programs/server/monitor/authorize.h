/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a key opens the account: the user's authorized_keys files, read anew for each question. */
#pragma once

#include "base/buf.h"
#include "os/endpoint.h"
#include "programs/server/common/account.h"
#include "programs/server/common/policy.h"

struct server_options;

/* What the line that has the key grants. */
struct authorize_grant {
    struct policy policy; /* its texts lie in `record` */
    struct buf record;
};

#define AUTHORIZE_NOTHING ((struct authorize_grant){ .record = BUF_EMPTY(POLICY_TEXT_MAX) })

void authorize_wipe(struct authorize_grant *grant);

/* Makes it what policy_encode said; nothing, if that is no policy. */
NODISCARD enum err authorize_take(struct authorize_grant *grant, struct bytes record);

/* `blob` is not parsed. *grant is only written when a line allows the key from that peer. */
bool authorize_key(const struct server_options *options, const struct account *account,
                   const struct endpoint *peer, struct bytes blob, struct authorize_grant *grant);
