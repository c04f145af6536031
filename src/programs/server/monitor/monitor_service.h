/* SPDX-License-Identifier: BSD-2-Clause */
/* The monitor's process: answers the records of one worker with what the monitor decides. Each record is
 * the peer's in the worst case; one that the table does not admit ends the worker. */
#pragma once

#include <stdbool.h>

struct monitor;

struct monitor_service {
    struct monitor *monitor;
    int worker_fd; /* a seqpacket socket */
    /* A login was accepted: called once, before the worker learns of it. */
    void (*accepted)(void *context);
    void *context;
};

/* Until the worker is gone, or false: it broke a rule, which has been logged. */
bool monitor_service_run(const struct monitor_service *service);
