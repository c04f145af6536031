/* SPDX-License-Identifier: BSD-2-Clause */
/* One process of each kind, started as the server starts it, for --sandbox-check. */
#pragma once

#include "programs/server/inspection/sandbox_role.h"
#include "programs/server/serve.h"

#include <sys/types.h>

struct cradle;
struct porch_link;
struct tcp_link;
struct vault;

/* A process, and the user that it must be. */
struct sandbox_subject {
    enum sandbox_role_id role;
    pid_t id;
    uid_t uid;
    gid_t gid;
    /* The account whose groups it has; NULL: none, or the server's where that is not root's. */
    const struct account *account;
    const char *root; /* its root directory */
};

struct sandbox_cast_setup {
    const struct serve_setup *serve;
    struct cradle *cradle;
    const struct vault *vault;
    struct porch_link *porch;
    struct tcp_link *tcp; /* NULL: not wanted */
    pid_t offer;
};

struct sandbox_cast;

/* Ends the program when a process cannot be started. The caller frees the cast, which ends all processes that it
 * started. */
struct sandbox_cast *sandbox_cast_new(const struct sandbox_cast_setup *setup);
void sandbox_cast_free(struct sandbox_cast *cast);

/* In the order of the roles; without those that the configuration does not need. */
const struct sandbox_subject *sandbox_cast_subjects(const struct sandbox_cast *cast, size_t *count);
