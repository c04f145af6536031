/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of all groups of an account. */
#pragma once

#include "programs/server/common/account.h"

/* Zero is none. */
struct groups {
    const char **names;
    size_t count;
};

/* Groups without a name are left out. */
void groups_of(const struct account *account, struct groups *groups);
void groups_wipe(struct groups *groups);
