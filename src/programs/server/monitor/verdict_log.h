/* SPDX-License-Identifier: BSD-2-Clause */
/* What the log says of an attempt to log in, at sshd's levels. */
#pragma once

#include "programs/server/monitor/monitor.h"

/* Borrowed. */
struct verdict_log_attempt {
    enum monitor_method method;
    const char *device;   /* that asks in keyboard-interactive and logs what it refuses; or NULL */
    const char *key_name; /* "ED25519 SHA256:…", escaped; or empty */
    bool is_ours;         /* of a user who may log in */
    bool are_many;        /* attempts that have failed on this connection */
};

void verdict_log(const struct verdict_log_attempt *attempt, enum monitor_verdict verdict);
