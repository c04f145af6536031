/* SPDX-License-Identifier: BSD-2-Clause */
/* Passwords of the account, checked against /etc/shadow; only root can do that. */
#pragma once

#include "base/bytes.h"
#include "programs/server/common/account.h"

/* Whether a password can be right at all: we may read the hash, and it is one. */
bool password_can_check(const struct account *account);

/* False for a wrong, empty or too long password, and when none can be checked. */
bool password_is_right(const struct account *account, struct bytes password);
