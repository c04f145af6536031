/* SPDX-License-Identifier: BSD-2-Clause */
/* Becomes a background process, and writes the PID file. */
#pragma once

#include "base/err.h"

/* Goes on in a child without a terminal, in "/", with descriptors 0 to 2 on /dev/null; the parent exits with 0.
 * ERR_SYSTEM leaves errno. */
NODISCARD enum err daemon_detach(void);

NODISCARD enum err daemon_write_pid(const char *path);
