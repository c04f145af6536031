/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes what the user's process reports about its terminals and programs, which is all that it may send. */
#pragma once

#include "ipc/record.h"
#include "programs/server/monitor/lines.h"
#include "programs/server/monitor/running.h"

struct line_service {
    int fd; /* a seqpacket socket; -1: closed */
    struct record_gate gate;
    struct lines lines;
    struct running running;
};

#define LINE_SERVICE_NONE ((struct line_service){ .fd = -1 })

/* Takes the descriptor over. Account and peer must outlive the service. */
void line_service_init(struct line_service *service, int fd, const struct account *account,
                       const struct endpoint *peer);

/* Closes all terminals. */
void line_service_wipe(struct line_service *service);

/* To be called when the descriptor is readable: answers one record. After an error nothing more is taken from that
 * process: it broke a rule, or (ERR_SYSTEM, ERR_DISCONNECTED) it is gone. */
NODISCARD enum err line_service_serve(struct line_service *service);

/* That process is gone: takes what it, and the processes that it started, have reported, and hangs up the programs that
 * are left. */
void line_service_hang_up(struct line_service *service);
