/* SPDX-License-Identifier: BSD-2-Clause */
/* What of the protocol a server must know before anybody has connected: which algorithms the configuration's lists
 * leave, and what each client is sent at once. Asked by the listener at its start, which knows neither. */
#pragma once

/* Answers the records that come from `fd` until it is closed, or one comes that is not admitted. Gives the exit
 * status. */
int offer_service_run(int fd);
