/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds and reads the files of a user's authorized keys, and checks that they can be trusted. */
#pragma once

#include "base/buf.h"
#include "programs/server/common/account.h"

/* Expands a value of AuthorizedKeysFile (%h, %u, %U, %%; a relative path is under the home) and appends the path.
 * ERR_BAD_VALUE for another token. */
NODISCARD enum err key_file_expand(const char *pattern, const struct account *account,
                                   struct buf *path);

/* Whether only root could have changed the file and the directories above it. Otherwise ERR_UNTRUSTED with `culprit` as
 * below, or ERR_SYSTEM with errno. */
NODISCARD enum err key_file_check_roots(const char *path, struct buf *culprit);

/* Reads a regular file. If `strict`, it and the directories above it (up to the home, or to the root) must belong to
 * the user or root and be writable for their owner alone: otherwise ERR_UNTRUSTED, and `culprit` is the offending path.
 * ERR_SYSTEM leaves errno. */
NODISCARD enum err key_file_read(const char *path, const struct account *account, bool strict,
                                 struct buf *out, struct buf *culprit);
