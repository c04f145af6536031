/* SPDX-License-Identifier: BSD-2-Clause */
/* What a server must know of the protocol before anybody has connected: which algorithms the configuration's lists
 * leave, and what each client is sent at once. The listener, which knows neither, asks for it at its start. */
#pragma once

/* Answers the records that come from `fd` until it is closed, or one comes that is not allowed. Returns the exit
 * status. */
int offer_service_run(int fd);
