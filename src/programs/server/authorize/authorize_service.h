/* SPDX-License-Identifier: BSD-2-Clause */
/* The process that answers one question of the monitor. The monitor writes what it logs. */
#pragma once

enum { AUTHORIZE_SERVICE_UNHEARD = 3 }; /* the monitor is gone */

/* Answers the question that comes from the socket; returns the exit status. */
int authorize_service_run(int fd);
