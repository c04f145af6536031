/* SPDX-License-Identifier: BSD-2-Clause */
/* Logs an attempt to log in, at sshd's levels. */
#pragma once

#include "programs/server/monitor/monitor.h"

/* Borrowed. */
struct verdict_log_attempt {
    enum monitor_method method;
    const char *device;   /* the keyboard-interactive device, which logs what it refuses; or NULL */
    const char *key_name; /* "ED25519 SHA256:…", escaped; or empty */
    bool is_ours;         /* the user may log in */
    bool are_many;        /* many attempts have failed on this connection */
};

void verdict_log(const struct verdict_log_attempt *attempt, enum monitor_verdict verdict);
