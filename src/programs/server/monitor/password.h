/* SPDX-License-Identifier: BSD-2-Clause */
/* Passwords of accounts, checked against /etc/shadow; only root can do that. What is computed of the password
 * is computed by a program that is nobody and can open nothing (password/judgement.h). */
#pragma once

#include "base/bytes.h"
#include "programs/server/common/account.h"

/* Whether a password can be right at all: we may read the hash, and it is one. */
bool password_can_check(const struct account *account);

/* Whether it was right for too long, or root wants it changed (shadow(5)): it lets in to be changed and for nothing
 * else. How long it may be inactive after that is for whatever changes it. */
bool password_has_expired(const struct account *account);

/* False for a wrong or too long password, for an empty one unless `may_be_empty`, and when none can be
 * checked. Each answer costs as much work as that for an account with a hash, unless the other end of `watch_fd` is closed:
 * nobody waits for it then. */
bool password_is_right(const struct account *account, struct bytes password, bool may_be_empty,
                       int watch_fd);
