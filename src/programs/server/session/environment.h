/* SPDX-License-Identifier: BSD-2-Clause */
/* The environment of a user's program, built from nothing: "NAME=value" entries, each name once. */
#pragma once

#include "base/bytes.h"

enum {
    ENVIRONMENT_PEER_MAX = 64,    /* entries from the peer */
    ENVIRONMENT_NAME_MAX = 64,    /* octets of a name from the peer */
    ENVIRONMENT_VALUE_MAX = 1024, /* octets of a value from the peer */
    ENVIRONMENT_USER_NAME_MAX = 1024,
    ENVIRONMENT_USER_VALUE_MAX = 8192,
};

struct environment {
    char **entries; /* NULL behind the last, as execve wants it; or no array at all */
    size_t count;
    size_t peer_count;
};

void environment_wipe(struct environment *environment);

/* Sets or replaces a variable. What sets them bounds their number. */
void environment_set(struct environment *environment, const char *name, const char *value);

/* Sets what the peer asks for if a pattern (with * and ?) has its name, it is nothing that makes a
 * program load or run something of the peer's choice, and it is within the limits above. A later
 * environment_set overrides it. Says whether it was taken. */
bool environment_set_from_peer(struct environment *environment, const char *const *patterns,
                               size_t pattern_count, struct bytes name, struct bytes value);

/* Sets what PAM's modules have said, but nothing of that kind, and nothing of SSH's own. Says whether it was
 * taken. */
bool environment_set_from_pam(struct environment *environment, struct bytes name,
                              struct bytes value);

/* Sets what a file of the user's says, if the list of patterns has its name, and it is nothing of that kind
 * either: a user whom one command is forced on must not get another. NULL: any name. Says whether it was taken. */
bool environment_set_from_user(struct environment *environment, const char *patterns,
                               struct bytes name, struct bytes value);
