/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks passwords of accounts against /etc/shadow, which only root can do. The hash of the password is computed by a
 * program that runs as nobody and can open nothing (password/judgement.h). */
#pragma once

#include "base/bytes.h"
#include "programs/server/common/account.h"

/* Whether a password can be right at all: we can read the hash, and it is one. */
bool password_can_check(const struct account *account);

/* Whether the password is too old, or root wants it changed (shadow(5)): it then lets the user in to change it and for
 * nothing else. How long it may be inactive after that is up to the program that changes it. */
bool password_has_expired(const struct account *account);

/* False for a wrong or too long password, for an empty one unless `may_be_empty`, and when none can be checked. Each
 * answer costs as much work as that for an account with a hash, unless the other end of `watch_fd` is closed: nobody
 * waits then. */
bool password_is_right(const struct account *account, struct bytes password, bool may_be_empty,
                       int watch_fd);
