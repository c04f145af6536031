/* SPDX-License-Identifier: BSD-2-Clause */
/* Another root directory for this process and those that it starts. */
#pragma once

#include "base/buf.h"

/* Only root can. Each directory from the root to the new one must be root's, and nobody else may write to it:
 * otherwise whoever can would make a /etc or a program of set-user-id there. On an error `problem` has a sentence
 * about it, and nothing has changed: ERR_UNTRUSTED, ERR_BAD_VALUE, ERR_SYSTEM. */
NODISCARD enum err root_directory_enter(const char *path, struct buf *problem);
