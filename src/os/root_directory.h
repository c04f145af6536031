/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes the root directory of this process and those it starts. */
#pragma once

#include "base/buf.h"

/* Only root can. Each directory from the root to the new one must be owned by root and writable by nobody else:
 * anyone else who can write there could put an /etc or a setuid program in it. On an error `problem` has a sentence
 * about it, and nothing has changed: ERR_UNTRUSTED, ERR_BAD_VALUE, ERR_SYSTEM. */
NODISCARD enum err root_directory_enter(const char *path, struct buf *problem);
