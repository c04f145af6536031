/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks the monitor about attempts to log in, and gives its verdicts to the SSH machine. */
#pragma once

#include "programs/server/worker/record_link.h"
#include "ssh/connection.h"

struct login_link {
    struct record_link *monitor;
    struct connection *connection;
};

void login_link_ask(struct login_link *link, const struct auth_login *login);

/* Passes on the answers to the monitor's questions: SSH strings one after another. A `count` other than that of the
 * questions means that they do not fit. */
void login_link_answers(struct login_link *link, struct bytes answers, size_t count);
