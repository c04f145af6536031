/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys that a program writes: AuthorizedKeysCommand, run as whoever this process is. */
#pragma once

#include "base/buf.h"

/* `words` are strings, the first of them the program's path. Appends what it writes. False, and the log says why:
 * somebody else than root could have changed it, it cannot be started, it takes too long, writes too much, or does
 * not end with 0. */
bool keys_output_read(struct bytes words, struct buf *text);
