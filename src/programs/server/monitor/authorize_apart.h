/* SPDX-License-Identifier: BSD-2-Clause */
/* authorize_key in a process of its own that is the user: root reads no file of another's making, and what
 * reads it has root's rights no more. */
#pragma once

#include "programs/server/monitor/authorize.h"

/* As authorize_key. */
bool authorize_apart_key(const struct server_options *options, const struct account *account,
                         const struct endpoint *peer, struct bytes blob,
                         struct authorize_grant *grant);
