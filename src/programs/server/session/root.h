/* SPDX-License-Identifier: BSD-2-Clause */
/* ChrootDirectory: the session's process enters it, if there is one, and then becomes the user. */
#pragma once

#include <stdbool.h>

struct session_host;

/* To be called at the start of the process, when its log is open. With a ChrootDirectory host->dev_fd is set. False:
 * the process must not go on; the reason is in the log. */
bool root_enter(struct session_host *host);
