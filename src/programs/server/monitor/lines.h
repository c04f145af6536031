/* SPDX-License-Identifier: BSD-2-Clause */
/* The terminals of one connection, and their entries in the system's list of who is logged in. The reports come from
 * the user's process. */
#pragma once

#include "base/bytes.h"
#include "os/login_record.h"
#include "programs/server/common/account.h"

struct lines {
    const struct account *account;
    const struct endpoint *peer;
    char (*open)[LOGIN_RECORD_LINE_MAX + 1];
    size_t count;
};

#define LINES_NONE ((struct lines){ 0 })

/* Both must outlive it. */
void lines_init(struct lines *lines, const struct account *account, const struct endpoint *peer);

/* Closes those that are open. */
void lines_wipe(struct lines *lines);

/* The user uses the terminal from now on. *last is the login before; its `at` is 0 for never. False: not a terminal of
 * the user's. */
bool lines_open(struct lines *lines, struct bytes name, struct login_record_last *last);

/* False: it was not open. */
bool lines_close(struct lines *lines, struct bytes name);
