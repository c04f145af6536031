/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports to the monitor which terminals are in use, because only root may write the list of who is logged in. */
#pragma once

#include "os/login_record.h"

#include <stdbool.h>

/* Waits until it is written. `path` is the terminal's, "/dev/pts/3". False: there is no monitor (-1), or it does not
 * answer; otherwise *last is the user's login before, `at` 0 for never. */
bool line_report_open(int monitor_fd, const char *path, struct login_record_last *last);
void line_report_close(int monitor_fd, const char *path);
