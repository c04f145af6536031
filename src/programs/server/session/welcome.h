/* SPDX-License-Identifier: BSD-2-Clause */
/* All that a session's process gets to know of its user and of the server: it reads no configuration. */
#pragma once

#include "config/server_options.h"
#include "ipc/record.h"
#include "programs/server/session/session.h"

/* Appends the record for that host, as a datagram. ERR_TOO_LONG, ERR_NO_SPACE: the options are too long. */
NODISCARD enum err welcome_encode(const struct session_host *host, struct buf *datagram);

/* A decoded record; owns all of it. Zero is empty. Most of it stays zero, and need not take memory. */
struct welcome {
    struct session_host host; /* points into the others */
    struct account account;
    struct policy policy;
    struct server_options options; /* those of welcome.def */
};

/* The struct must be empty, and must not be moved. On an error it owns nothing: ERR_BAD_VALUE, ERR_BAD_STATE, or the
 * decoder's. */
NODISCARD enum err welcome_decode(struct bytes datagram, struct welcome *welcome);
void welcome_wipe(struct welcome *welcome);
