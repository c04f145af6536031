/* SPDX-License-Identifier: BSD-2-Clause */
/* The last step in building the client's options: defaults, "~", "${VARIABLE}" and the % tokens of
 * ssh_config(5). Everything from outside is passed as an argument. */
#pragma once

#include "config/client_options.h"

struct client_surroundings {
    const char *host;               /* as given on the command line: %n */
    const char *home;               /* the user's: "~", %d */
    const char *local_user;         /* %u, and the default of User */
    unsigned local_uid;             /* %i */
    const char *local_host;         /* %l; up to its first dot, %L */
    const char *const *environment; /* NAME=value, NULL at the end; NULL: none */
};

/* Expanded copies, since -G prints the options themselves as given. Strings belong to the options. */
struct client_resolved {
    struct option_list identity_paths; /* without duplicates and "none" */
    const char *proxy_command;         /* NULL: none */
};

/* Fills in what was not given, and expands. ERR_BAD_VALUE, and a line in the options' `problems`,
 * for unknown tokens and variables, and for a host or user with characters that are unsafe in a
 * shell; a shell sees the user only if ProxyCommand has %r. */
NODISCARD enum err client_resolve(struct client_options *options,
                                  const struct client_surroundings *surroundings,
                                  struct client_resolved *resolved);
