/* SPDX-License-Identifier: BSD-2-Clause */
/* The monitor's process: answers the records of one worker with what the monitor decides. Each record is
 * the peer's in the worst case; one that the table does not admit ends the worker. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct endpoint;
struct monitor;

/* The user's process. */
struct monitor_session {
    int end_fd;     /* becomes readable when nothing can be done for the user any more; or -1 */
    int records_fd; /* what it says of its terminals and programs; becomes the service's; or -1 */
    int keeper_fd; /* its other end is closed by the end of who must outlive the user's process; or -1 */
};

struct monitor_service {
    struct monitor *monitor;
    const struct endpoint *peer;
    int worker_fd;    /* a seqpacket socket */
    int64_t grace_ms; /* how long a login may take if the worker does not see to it; 0: no limit */
    /* A login was accepted: called once, before the worker learns of it. */
    struct monitor_session (*accepted)(void *context);
    /* One that is needed is gone: the worker is to be told, and is killed if it does not end soon. */
    void (*ended)(void *context);
    void *context;
};

enum {
    MONITOR_SERVICE_CRASHED = 254,
    MONITOR_SERVICE_UNSERVED = 256 /* a worker cannot say that: it has a status of 255 at most */
};

/* Until the worker and the user's process are gone: the status the worker ended with, OUTCOME_GRACE_EXCEEDED when a
 * login took too long, MONITOR_SERVICE_CRASHED when it gave none, MONITOR_SERVICE_UNSERVED when there never was one.
 * When it breaks a rule, that is logged, and the worker killed. The user's process ends with the worker; the programs
 * that it could not hang up itself are hung up. */
int monitor_service_run(const struct monitor_service *service);
