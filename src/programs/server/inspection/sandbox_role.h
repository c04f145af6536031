/* SPDX-License-Identifier: BSD-2-Clause */
/* What each process of the server must be, for --sandbox-check: one row for each. */
#pragma once

#include "os/sandbox.h"

#include <sys/resource.h>

enum sandbox_role_id {
#define ROLE(id, ...) SANDBOX_ROLE_##id,
#include "programs/server/inspection/sandbox_role.def"
#undef ROLE
    SANDBOX_ROLE_COUNT
};

/* The rights that it has. */
enum sandbox_role_kind {
    SANDBOX_ROLE_OURS,      /* those of the server itself */
    SANDBOX_ROLE_USERS,     /* those of a user */
    SANDBOX_ROLE_NOBODYS,   /* those of nobody, and it can get no new ones */
    SANDBOX_ROLE_LOCKED_IN, /* also without files, networks and what else sandbox_isolate takes */
};

/* The descriptors that it may have. */
enum sandbox_role_open {
    SANDBOX_ROLE_STREAMS, /* 0, 1 and 2, whatever they are, pipes, sockets and the kernel's own */
    SANDBOX_ROLE_STDERR,  /* the same without 0 and 1: those are /dev/null */
    SANDBOX_ROLE_DEVICE,  /* the same, and TUN devices */
    SANDBOX_ROLE_CLOSED,  /* nothing */
};

struct sandbox_role_calls {
    const struct sandbox_call *items;
    size_t count;
};

/* A limit that differs from the server's: this, or the server's if that is lower. RLIM_INFINITY: as high as it may be
 * made. */
struct sandbox_role_limit {
    int resource;
    rlim_t most;
};

struct sandbox_role_limits {
    const struct sandbox_role_limit *items;
    size_t count;
};

struct sandbox_role {
    const char *name;
    enum sandbox_role_kind kind;
    enum sandbox_role_open open;
    const struct sandbox_role_calls *calls;   /* all the calls it may make; NULL: any */
    const struct sandbox_role_limits *limits; /* NULL: the server's */
    const char *libraries; /* names without suffix, beside those of every process; "*": any */
    bool has_modules;      /* libc may have loaded some, to look for accounts */
    bool is_dumpable;      /* if the server is */
};

/* Has static lifetime. */
const struct sandbox_role *sandbox_role_of(enum sandbox_role_id id);

/* Whether the process may have this library mapped. `name` is a file's, "libc.so.6". */
bool sandbox_role_has_library(const struct sandbox_role *role, const char *name);
