/* SPDX-License-Identifier: BSD-2-Clause */
/* What a service manager that starts us may have arranged (sd_listen_fds(3), sd_notify(3)): sockets that
 * listen already, from descriptor 3 on, and where to say how we are. Both are plain enough for no library. */
#pragma once

enum { ACTIVATION_FIRST = 3, ACTIVATION_MAX = 64 };

/* How many sockets were handed over to this very process; 0 without any. They stay open in what it
 * becomes by exec. */
int activation_count(void);

/* Says "READY=1", "RELOADING=1", "STOPPING=1" …; nothing happens when nobody listens. */
void activation_tell(const char *state);
