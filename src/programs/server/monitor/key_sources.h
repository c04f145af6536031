/* SPDX-License-Identifier: BSD-2-Clause */
/* The sources of keys that open an account: AuthorizedKeysFile and AuthorizedKeysCommand. Each is asked through a
 * process of another user (authorizer.h). */
#pragma once

#include "os/endpoint.h"
#include "programs/server/monitor/authorizer.h"

struct server_options;

struct key_sources {
    const struct server_options *options;
    const struct account *account; /* the account to log in to */
    const struct endpoint *peer, *local;
    const char *host; /* the client's name, or empty */
    authorizer_start_fn start;
    int watch_fd; /* nobody waits for answers once its other end is closed; or -1 */
};

/* Whether one of the user's files has the key; then *grant is what it allows, otherwise empty. */
bool key_sources_ask_files(const struct key_sources *sources, struct bytes blob,
                           struct authorizer_grant *grant);

/* The same for the command's output; there must be a command. `key_name` is "ED25519 SHA256:…". */
bool key_sources_ask_command(const struct key_sources *sources, struct bytes blob,
                             const char *key_name, struct authorizer_grant *grant);
