/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks PAM what the monitor wants to know, opens the session, starts its process and stays until that has ended: the
 * process inherits what modules set in this one. Then the session is closed. */
#pragma once

/* Serves the records of the monitor until it is gone; returns the exit status. */
int keeper_run(int monitor_fd);
