/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/root_directory.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err fail(struct buf *problem, enum err err, const char *what, const char *path)
{
    const char *reason = err == ERR_SYSTEM ? strerror(errno) : "";
    if (buf_format(problem, "%s\"%s\"%s%s", what, path, *reason ? ": " : "", reason) != OK)
        buf_clear(problem);
    return err;
}

static enum err check_one(const char *path, bool is_last, struct buf *problem)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return fail(problem, ERR_SYSTEM, "chroot directory ", path);
    if (status.st_uid != 0 || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return fail(problem, ERR_UNTRUSTED,
                    is_last ? "bad ownership or modes for chroot directory "
                            : "bad ownership or modes for chroot directory component ",
                    path);
    if (!S_ISDIR(status.st_mode))
        return fail(problem, ERR_BAD_VALUE, "chroot path is not a directory: ", path);
    return OK;
}

static enum err check_all(const char *path, struct buf *problem)
{
    char part[PATH_MAX];
    for (size_t i = 0; path[i] != '\0'; i++) {
        part[i] = path[i];
        part[i + 1] = '\0';
        if (path[i] == '/' && path[i + 1] != '\0')
            TRY(check_one(part, false, problem));
    }
    return check_one(path, true, problem);
}

enum err root_directory_enter(const char *path, struct buf *problem)
{
    char real[PATH_MAX];
    if (*path != '/')
        return fail(problem, ERR_BAD_VALUE, "chroot path does not begin at root: ", path);
    /* Links could lead to it through directories that others can change, so the path that is checked is the one
     * that is entered. */
    if (!realpath(path, real))
        return fail(problem, ERR_SYSTEM, "chroot directory ", path);
    TRY(check_all(real, problem));
    if (chdir(real) != 0 || chroot(real) != 0 || chdir("/") != 0)
        return fail(problem, ERR_SYSTEM, "chroot ", real);
    return OK;
}
