/* SPDX-License-Identifier: BSD-2-Clause */
/* One run of glassh: reaches the server, logs in, runs the session. If a server cannot take the fast
 * order of messages, the connection is made once more in the careful one. */
#pragma once

#include "programs/client/arguments.h"
#include "programs/client/explain_view.h"
#include "programs/client/person.h"
#include "programs/client/settings.h"

/* Returns what the process should exit with. `view` may be NULL. */
int client_run(const struct arguments *arguments, const struct person *person,
               const struct settings *settings, struct explain_view *view);
