/* SPDX-License-Identifier: BSD-2-Clause */
/* All that a session's process is told of its user and of the server: it reads no configuration. */
#pragma once

#include "config/server_options.h"
#include "ipc/record.h"
#include "programs/server/session/session.h"

/* Appends the record for that host, as a datagram. ERR_TOO_LONG, ERR_NO_SPACE: the options are too many. */
NODISCARD enum err welcome_encode(const struct session_host *host, struct buf *datagram);

/* What a record said; owns all of it. Zero is empty. Most of it stays so, and need not be there in memory. */
struct welcome {
    struct session_host host; /* points into the others */
    struct account account;
    struct policy policy;
    struct server_options options; /* those of welcome.def */
};

/* The struct must be empty, and stay where it is. Nothing is owned on an error: ERR_BAD_VALUE, ERR_BAD_STATE, or the
 * decoder's. */
NODISCARD enum err welcome_decode(struct bytes datagram, struct welcome *welcome);
void welcome_wipe(struct welcome *welcome);
