/* SPDX-License-Identifier: BSD-2-Clause */
/* The process that answers one question of the monitor's. What it logs the monitor writes. */
#pragma once

enum { AUTHORIZE_SERVICE_UNHEARD = 3 }; /* whoever has asked is gone */

/* Answers what comes from the socket; the exit status. */
int authorize_service_run(int fd);
