/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports to the monitor which programs run, because it hangs them up when the session's process is killed. */
#pragma once

#include <sys/types.h>

/* Called in the program's process before it executes the program: so the monitor learns of every program. Does nothing
 * without a monitor (-1). */
void program_report_begun(int monitor_fd);

/* The program of that process has ended, or was hung up. */
void program_report_over(int monitor_fd, pid_t id);
