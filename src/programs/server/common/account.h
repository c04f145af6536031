/* SPDX-License-Identifier: BSD-2-Clause */
/* The one account this server lets in: that of the user who runs it. */
#pragma once

#include "base/err.h"

#include <sys/types.h>

struct account {
    uid_t uid;
    gid_t gid;
    char *name;
    char *home;
    char *shell; /* "/bin/sh" when the account names none */
};

/* Looks up the effective user. ERR_SYSTEM: there is no such account. */
NODISCARD enum err account_of_self(struct account *account);
void account_wipe(struct account *account);
