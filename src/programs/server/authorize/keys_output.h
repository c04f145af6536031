/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys that a program writes: AuthorizedKeysCommand, run as whoever this process is. */
#pragma once

#include "base/buf.h"

/* `words` are strings, the first of them the program's path. Appends what it writes. False, and the log says why:
 * somebody else than root could have changed it, it cannot be started, it takes too long, writes too much, or does
 * not end with 0; or the other end of `watch_fd` was closed (-1: it has none). It runs in our session and process group;
 * what it leaves running there is for whoever ends that. */
bool keys_output_read(struct bytes words, int watch_fd, struct buf *text);
