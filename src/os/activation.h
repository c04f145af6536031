/* SPDX-License-Identifier: BSD-2-Clause */
/* What a service manager may pass us (sd_listen_fds(3), sd_notify(3)): listening sockets, from descriptor 3
 * on, and where to report our state. Both are too simple to need a library. */
#pragma once

enum { ACTIVATION_FIRST = 3, ACTIVATION_MAX = 64 };

/* How many sockets were passed to this very process, or 0. They stay open across exec. */
int activation_count(void);

/* Reports "READY=1", "RELOADING=1", "STOPPING=1" …; does nothing if nobody listens. */
void activation_tell(const char *state);
