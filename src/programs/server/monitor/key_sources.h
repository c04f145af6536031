/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the keys that open an account come from: AuthorizedKeysFile and AuthorizedKeysCommand. Each is asked by a
 * process of another's (authorizer.h). */
#pragma once

#include "os/endpoint.h"
#include "programs/server/monitor/authorizer.h"

struct server_options;

struct key_sources {
    const struct server_options *options;
    const struct account *account; /* that would be entered */
    const struct endpoint *peer, *local;
    const char *host; /* the client's name, or empty */
    authorizer_start_fn start;
    int watch_fd; /* when its other end is closed nobody waits for answers any more; or -1 */
};

/* Whether one of the user's files has the key; then *grant is what it allows, else nothing. */
bool key_sources_ask_files(const struct key_sources *sources, struct bytes blob,
                           struct authorizer_grant *grant);

/* The same of the command's output; there must be one. `key_name` is "ED25519 SHA256:…". */
bool key_sources_ask_command(const struct key_sources *sources, struct bytes blob,
                             const char *key_name, struct authorizer_grant *grant);
