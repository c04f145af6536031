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
    char **entries; /* NULL after the last, as execve wants it; NULL when empty */
    size_t count;
    size_t peer_count;
};

void environment_wipe(struct environment *environment);

/* Sets or replaces a variable. The callers limit their number. */
void environment_set(struct environment *environment, const char *name, const char *value);

/* Sets what the peer asks for if a pattern (with * and ?) matches its name, it cannot make a program load or run
 * something of the peer's choice, and it is within the limits above. A later environment_set overrides it. Returns
 * whether it was set. */
bool environment_set_from_peer(struct environment *environment, const char *const *patterns,
                               size_t pattern_count, struct bytes name, struct bytes value);

/* Sets a variable of PAM's modules, except of that kind and SSH's own. Returns whether it was set. */
bool environment_set_from_pam(struct environment *environment, struct bytes name,
                              struct bytes value);

/* Sets a variable from a file of the user's if the list of patterns has its name (NULL: any name) and it is not of that
 * kind either: a user with a forced command must not get another. Returns whether it was set. */
bool environment_set_from_user(struct environment *environment, const char *patterns,
                               struct bytes name, struct bytes value);
