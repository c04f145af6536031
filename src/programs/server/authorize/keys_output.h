/* SPDX-License-Identifier: BSD-2-Clause */
/* The keys that AuthorizedKeysCommand writes. It runs as the user of this process. */
#pragma once

#include "base/buf.h"

/* `words` are strings, the first of them the program's path. Appends what the program writes. False, with the reason in
 * the log: somebody other than root could have changed it, it cannot be started, it takes too long, writes too much, or
 * does not exit with 0; or the other end of `watch_fd` was closed (-1: there is none). It runs in our session and
 * process group; what it leaves running there is to be ended with those. */
bool keys_output_read(struct bytes words, int watch_fd, struct buf *text);
