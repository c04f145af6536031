/* SPDX-License-Identifier: BSD-2-Clause */
/* The monitor's part in what the user's process says of its terminals and programs, which is all that it may say. */
#pragma once

#include "ipc/record.h"
#include "programs/server/monitor/lines.h"
#include "programs/server/monitor/running.h"

struct line_service {
    int fd; /* a seqpacket socket; -1: nobody says anything any more */
    struct record_gate gate;
    struct lines lines;
    struct running running;
};

#define LINE_SERVICE_NONE ((struct line_service){ .fd = -1 })

/* The descriptor becomes the service's. Account and peer outlive it. */
void line_service_init(struct line_service *service, int fd, const struct account *account,
                       const struct endpoint *peer);

/* No terminal is used any more. */
void line_service_wipe(struct line_service *service);

/* To be called when the descriptor is readable: answers one record. On an error nothing more is taken from that
 * process: it broke a rule, or (ERR_SYSTEM, ERR_DISCONNECTED) it is gone. */
NODISCARD enum err line_service_serve(struct line_service *service);

/* That process is gone: hears what it, and those that it has started, have said, and hangs up the programs that are
 * left. */
void line_service_hang_up(struct line_service *service);
