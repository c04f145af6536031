/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/authorize/key_file.h"

#include "os/file.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum err key_file_expand(const char *pattern, const struct account *account, struct buf *path)
{
    size_t begin = buf_len(path);
    for (const char *at = pattern; *at; at++) {
        if (*at != '%') {
            TRY(buf_append(path, bytes_of(at, 1)));
            continue;
        }
        at++;
        if (*at == 'h')
            TRY(buf_append_text(path, account->home));
        else if (*at == 'u')
            TRY(buf_append_text(path, account->name));
        else if (*at == 'U')
            TRY(buf_format(path, "%lu", (unsigned long)account->uid));
        else if (*at == '%')
            TRY(buf_append_text(path, "%"));
        else
            return ERR_BAD_VALUE;
    }
    if (bytes_starts(bytes_skip(buf_bytes(path), begin), "/"))
        return OK;

    scoped(buf) relative = BUF_EMPTY(PATH_MAX);
    TRY(buf_append(&relative, bytes_skip(buf_bytes(path), begin)));
    buf_truncate(path, begin);
    return buf_format(path, "%s/%s", account->home, buf_text(&relative));
}

static bool is_safe(const struct stat *facts, const struct account *account)
{
    return (facts->st_uid == 0 || facts->st_uid == account->uid) &&
           (facts->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* `path` is absolute, without links; it is cut at its end as we go up. */
static enum err check_above(char *path, const struct account *account, struct buf *culprit)
{
    char home[PATH_MAX];
    bool has_home = realpath(account->home, home) != NULL;

    for (;;) {
        char *slash = strrchr(path, '/');
        slash[slash == path ? 1 : 0] = '\0';
        struct stat facts;
        if (stat(path, &facts) != 0)
            return ERR_SYSTEM;
        if (!is_safe(&facts, account)) {
            TRY(buf_append_text(culprit, path));
            return ERR_UNTRUSTED;
        }
        if ((has_home && strcmp(path, home) == 0) || strcmp(path, "/") == 0)
            return OK;
    }
}

enum err key_file_check_roots(const char *path, struct buf *culprit)
{
    static char top[] = "/";
    const struct account root = { .uid = 0, .home = top };
    char real[PATH_MAX];
    struct stat facts;
    if (!realpath(path, real) || stat(real, &facts) != 0)
        return ERR_SYSTEM;
    if (is_safe(&facts, &root))
        return check_above(real, &root, culprit);
    TRY(buf_append_text(culprit, real));
    return ERR_UNTRUSTED;
}

enum err key_file_read(const char *path, const struct account *account, bool strict,
                       struct buf *out, struct buf *culprit)
{
    char real[PATH_MAX];
    struct stat facts;
    if (!realpath(path, real) || stat(real, &facts) != 0)
        return ERR_SYSTEM;
    if (!S_ISREG(facts.st_mode)) {
        errno = EINVAL;
        return ERR_SYSTEM;
    }
    TRY(file_read(real, out, &facts)); /* the facts are now those of what was read */
    if (!strict)
        return OK;
    if (!is_safe(&facts, account)) {
        TRY(buf_append_text(culprit, real));
        return ERR_UNTRUSTED;
    }
    return check_above(real, account, culprit);
}
