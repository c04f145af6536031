/* SPDX-License-Identifier: BSD-2-Clause */
/* The processes of one connection: the monitor, which is the calling process; a worker from the nursery, the only one
 * that reads what the peer sends; and, after the login, the session. */
#pragma once

#include "programs/server/common/offer_names.h"
#include "programs/server/common/outcome.h"

struct account;
struct endpoint;
struct server_options;

/* All of it must outlive the call. */
struct serve_setup {
    const struct server_options *options;
    const struct account *account; /* of whoever runs the server */
    bool serves_all;               /* every user may log in, not only that one */
    int keyd_fd;                   /* for the monitor only */
    struct bytes host_keys;        /* the public halves as SSH strings, the best first */
    const char *software;          /* our name and version */
    struct offer_names offer;
    bool explains;
};

/* One connection: its descriptors, which serve_connection takes over. */
struct serve_descriptors {
    int in, out;                  /* of the peer; may be the same one */
    const struct endpoint *peer;  /* as of when it was accepted; NULL: `in` knows */
    const struct endpoint *local; /* of a joint (programs/tcp/joint.h); NULL: `in` knows */
    int waiting;                  /* gets an octet at the login and is closed; or -1 */
    int cradle;                   /* where a worker waits */
    struct bytes sent_cookie;     /* of the preface that the peer got; empty: none */
};

/* Returns when the connection and its processes have ended. */
enum outcome serve_connection(const struct serve_setup *setup,
                              const struct serve_descriptors *descriptors);
