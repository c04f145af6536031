/* SPDX-License-Identifier: BSD-2-Clause */
/* Starts glasshd-session as a child, which inherits what PAM's modules have set here, and waits for its end. */
#pragma once

#include "ipc/record.h"
#include "os/process.h"
#include "os/seqpacket.h"
#include "programs/server/common/account.h"

struct start_session {
    struct account account; /* the session's */
    struct process process;
};

#define START_SESSION_NONE ((struct start_session){ .process = PROCESS_NONE })

void start_session_init(struct start_session *s, const struct account *account);
void start_session_wipe(struct start_session *s);

/* Starts it as a PAM_SPAWN record says, with the two descriptors that came with that. False: it was not started, and
 * the reason is in the log. */
bool start_session_process(struct start_session *s, const struct record *asked,
                           const struct seqpacket_descriptors *passed);

/* Returns when it has ended. Kills it if it does not end soon after the monitor is gone. */
void start_session_await_end(struct start_session *s, int monitor_fd);
