/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole files, bounded: reading with a limit, writing so that a reader sees the old or the new content
 * and never half of it. All return ERR_SYSTEM with the reason left in errno. */
#pragma once

#include "base/buf.h"

#include <sys/stat.h>

/* Appends the whole content to `out`. ERR_TOO_LONG when it does not fit the buf's limit. `facts` (may be
 * NULL) are those of the very file that was read. */
NODISCARD enum err file_read(const char *path, struct buf *out, struct stat *facts);

/* Replaces the file by a new one with that mode, through a temporary file beside it; a symbolic link is
 * followed, so that the file it points to is replaced. */
NODISCARD enum err file_write(const char *path, struct bytes content, mode_t mode);

/* Appends in one write, making the file with that mode when it is missing. When the file's last line
 * lacks its newline, one is put before the new content. */
NODISCARD enum err file_append(const char *path, struct bytes content, mode_t mode);

/* Makes the directories above `path` that are missing, with mode 0700. */
NODISCARD enum err file_make_parents(const char *path);
