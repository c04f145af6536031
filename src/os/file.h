/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads and writes whole files: reading has a limit, and after writing a reader sees the old or the new
 * content, never half of it. All return ERR_SYSTEM with the reason in errno. */
#pragma once

#include "base/buf.h"

#include <sys/stat.h>

/* Appends the whole content to `out`. ERR_TOO_LONG when it does not fit the buf's limit. `facts` (or NULL)
 * gets the fstat of the file that was read. */
NODISCARD enum err file_read(const char *path, struct buf *out, struct stat *facts);

/* Replaces the file with a new one of that mode, through a temporary file beside it. Of a symbolic link, the
 * file it points to is replaced. */
NODISCARD enum err file_write(const char *path, struct bytes content, mode_t mode);

/* Appends in one write, creating the file with that mode if it is missing. If the file's last line lacks
 * its newline, one is written before the new content. */
NODISCARD enum err file_append(const char *path, struct bytes content, mode_t mode);

/* Creates the missing directories above `path`, with mode 0700. */
NODISCARD enum err file_make_parents(const char *path);
