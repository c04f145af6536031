/* SPDX-License-Identifier: BSD-2-Clause */
/* An account of this system. */
#pragma once

#include "base/bytes.h"
#include "base/err.h"

#include <stdbool.h>
#include <sys/types.h>

struct account {
    uid_t uid;
    gid_t gid;
    char *name;
    char *home;
    char *shell; /* "/bin/sh" when the account names none */
};

/* Look up the effective user; or a user by name. ERR_SYSTEM: there is no such account. */
NODISCARD enum err account_of_self(struct account *account);
NODISCARD enum err account_find(struct bytes name, struct account *account);

/* Has the C library load all that looking up accounts takes, for processes that are forked from this one: if each had
 * to load it, the time taken would show which names exist. */
void account_rehearse(void);

/* Whether the process has been the account's all along, and cannot become another's: never for root, whose groups may
 * differ from those of an account with its number. */
bool account_is_own(const struct account *account);

/* Makes this process the account's for good, with all its groups. Only root can become another account; for the own
 * account there is nothing to do. ERR_SYSTEM with errno: then the process must not go on. */
NODISCARD enum err account_become(const struct account *account);

/* The same in two steps, with a change of the root directory in between: the first needs the system's files, the second
 * gives up all rights. Only for root. */
NODISCARD enum err account_take_groups(const struct account *account);
NODISCARD enum err account_take_identity(const struct account *account);
void account_copy(const struct account *account, struct account *copy);
void account_wipe(struct account *account);
