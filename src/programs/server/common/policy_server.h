/* SPDX-License-Identifier: BSD-2-Clause */
/* What the server's options allow, as a policy. */
#pragma once

#include "programs/server/common/policy.h"

struct server_options;

/* Owns the lists that its policy borrows; the command is borrowed from the options. Zero allows nothing. */
struct policy_server {
    struct policy policy;
    struct buf permit_open, permit_listen;
};

void policy_server_init(struct policy_server *server, const struct server_options *options);
void policy_server_wipe(struct policy_server *server);
