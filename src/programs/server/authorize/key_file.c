/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/authorize/key_file.h"

#include "config/token.h"
#include "os/file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_TEXT_MAX = 24 };

enum err key_file_expand(const char *pattern, const struct account *account, struct buf *path)
{
    char uid[NUMBER_TEXT_MAX];
    (void)snprintf(uid, sizeof(uid), "%lu", (unsigned long)account->uid);
    const struct token tokens[] = { { 'h', account->home }, { 'u', account->name }, { 'U', uid } };
    const struct token_set set = { .tokens = tokens, .count = sizeof(tokens) / sizeof(tokens[0]) };
    struct token_problem problem;
    scoped(buf) expanded = BUF_EMPTY(PATH_MAX);
    TRY(token_expand(&set, pattern, &expanded, &problem));
    if (!bytes_starts(buf_bytes(&expanded), "/"))
        TRY(buf_format(path, "%s/", account->home));
    return buf_append(path, buf_bytes(&expanded));
}

static bool is_safe(const struct stat *facts, const struct account *account)
{
    return (facts->st_uid == 0 || facts->st_uid == account->uid) &&
           (facts->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* `path` is absolute, without links; it is shortened on the way up. */
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
