/* SPDX-License-Identifier: BSD-2-Clause */
/* The monitor's process: answers the records of one worker with what the monitor decides. At worst each record is the
 * peer's; one that the table does not admit ends the worker. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct endpoint;
struct monitor;

/* The user's process. */
struct monitor_session {
    int end_fd;     /* becomes readable when nothing can be done for the user any more; or -1 */
    int records_fd; /* its reports about terminals and programs; the service takes it over; or -1 */
    int keeper_fd;  /* its other end closes when the keeper (pam/keeper.h) ends; or -1 */
};

struct monitor_service {
    struct monitor *monitor;
    const struct endpoint *peer;
    int worker_fd;    /* a seqpacket socket */
    int64_t grace_ms; /* how long a login may take if the worker does not enforce it; 0: no limit */
    /* A login was accepted. Called once, before the worker learns of it. */
    struct monitor_session (*accepted)(void *context);
    /* A process that is needed is gone: the worker is to be told, and is killed if it does not end soon. */
    void (*ended)(void *context);
    void *context;
};

enum {
    MONITOR_SERVICE_CRASHED = 254,
    MONITOR_SERVICE_UNSERVED = 256 /* not a status that a worker can exit with: above 255 */
};

/* Runs until the worker and the user's process are gone. Returns the status the worker ended with,
 * OUTCOME_GRACE_EXCEEDED when a login took too long, MONITOR_SERVICE_CRASHED when the worker gave none,
 * MONITOR_SERVICE_UNSERVED when there never was one. A worker that breaks a rule is killed, which is logged. The user's
 * process ends with the worker; programs that it could not hang up itself are hung up. */
int monitor_service_run(const struct monitor_service *service);
