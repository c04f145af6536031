/* SPDX-License-Identifier: BSD-2-Clause */
/* Tells the monitor which programs run, because it hangs them up when the session's process is killed. */
#pragma once

#include <sys/types.h>

/* By the program's process itself, before it is the program: so there is none that the monitor does not learn of.
 * Nothing happens without a monitor (-1). */
void program_report_begun(int monitor_fd);

/* The program of that process has ended, or was hung up. */
void program_report_over(int monitor_fd, pid_t id);
