/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a key opens the account: the user's authorized_keys files, read anew for each question. */
#pragma once

#include "base/buf.h"
#include "os/endpoint.h"
#include "programs/server/common/account.h"
#include "programs/server/common/policy.h"

struct server_options;

enum { AUTHORIZE_COMMAND_MAX = 32 * 1024 };

/* What the line that has the key grants. */
struct authorize_grant {
    struct policy policy; /* its command lies in `command` */
    struct buf command;
};

#define AUTHORIZE_NOTHING ((struct authorize_grant){ .command = BUF_EMPTY(AUTHORIZE_COMMAND_MAX) })

void authorize_wipe(struct authorize_grant *grant);

/* `blob` is not parsed. *grant is only written when a line allows the key from that peer. */
bool authorize_key(const struct server_options *options, const struct account *account,
                   const struct endpoint *peer, struct bytes blob, struct authorize_grant *grant);
