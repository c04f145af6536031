/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a key opens an account: the user's authorized_keys files, or the output of AuthorizedKeysCommand, read anew
 * for each question. */
#pragma once

#include "programs/server/authorize/inquiry.h"

/* The key's octets are compared, not parsed. If a line allows the key from that client, appends what it allows
 * (policy_encode). What stands against one is logged. When the other end of `watch_fd` is closed (-1: it has none) the
 * command is not waited for any longer. */
bool authorize_key(const struct inquiry *inquiry, int watch_fd, struct buf *policy);
