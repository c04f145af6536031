/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks the monitor what is to come of an attempt to log in, and tells the SSH machine. */
#pragma once

#include "programs/server/worker/record_link.h"
#include "ssh/connection.h"

struct login_link {
    struct record_link *monitor;
    struct connection *connection;
};

void login_link_ask(struct login_link *link, const struct auth_login *login);

/* To the questions that came of it; SSH strings one after another. Not as many as there were questions: they do not
 * fit, and none is given. */
void login_link_answers(struct login_link *link, struct bytes answers, size_t count);
