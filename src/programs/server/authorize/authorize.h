/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a key opens an account: reads the user's authorized_keys files, or the output of AuthorizedKeysCommand, again
 * for each question. */
#pragma once

#include "programs/server/authorize/inquiry.h"

/* The key's octets are compared, not parsed. If a line allows the key from that client, appends what it allows
 * (policy_encode). Reasons against a line are logged. When the other end of `watch_fd` is closed (-1: there is none),
 * the command is not waited for any longer. */
bool authorize_key(const struct inquiry *inquiry, int watch_fd, struct buf *policy);
