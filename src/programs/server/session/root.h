/* SPDX-License-Identifier: BSD-2-Clause */
/* ChrootDirectory: the process enters it and becomes the user, if it is to. */
#pragma once

#include <stdbool.h>

struct session_host;

/* At the start of the process, when its log is open. With a ChrootDirectory host->dev_fd is set. False: the log says
 * why it must not go on. */
bool root_enter(struct session_host *host);
