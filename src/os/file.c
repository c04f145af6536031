/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 32 * 1024 };

static enum err read_all(int fd, struct buf *out)
{
    for (;;) {
        size_t left = out->limit - buf_len(out);
        struct span room;
        TRY(buf_reserve(out, left < CHUNK ? left : CHUNK, &room));
        /* When the limit is reached, one more octet shows whether the file goes on. */
        uint8_t extra;
        ssize_t got = left ? read(fd, room.data, room.len) : read(fd, &extra, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return ERR_SYSTEM;
        if (got == 0)
            return OK;
        if (left == 0)
            return ERR_TOO_LONG;
        buf_commit(out, (size_t)got);
    }
}

enum err file_read(const char *path, struct buf *out, struct stat *facts)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return ERR_SYSTEM;
    struct stat found;
    enum err err = fstat(fd, &found) == 0 ? read_all(fd, out) : ERR_SYSTEM;
    int reason = errno;
    (void)close(fd);
    errno = reason;
    if (err == OK && facts)
        *facts = found;
    return err;
}

static enum err write_all(int fd, struct bytes content)
{
    while (content.len) {
        ssize_t took = write(fd, content.data, content.len);
        if (took < 0 && errno == EINTR)
            continue;
        if (took < 0)
            return ERR_SYSTEM;
        content = bytes_skip(content, (size_t)took);
    }
    return OK;
}

/* Closing may report what writing could not. */
static enum err finish(int fd, enum err err)
{
    int reason = errno;
    bool is_closed = close(fd) == 0;
    if (err != OK)
        errno = reason;
    return err != OK || is_closed ? err : ERR_SYSTEM;
}

static enum err replace(const char *path, struct bytes content, mode_t mode)
{
    char temporary[PATH_MAX];
    int len = snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path);
    if (len < 0 || (size_t)len >= sizeof(temporary)) {
        errno = ENAMETOOLONG;
        return ERR_SYSTEM;
    }
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return ERR_SYSTEM;
    enum err err = fchmod(fd, mode) == 0 ? write_all(fd, content) : ERR_SYSTEM;
    err = finish(fd, err);
    if (err == OK && rename(temporary, path) == 0)
        return OK;
    int reason = errno;
    (void)unlink(temporary);
    errno = reason;
    return ERR_SYSTEM;
}

enum err file_write(const char *path, struct bytes content, mode_t mode)
{
    char *target = realpath(path, NULL);
    enum err err = replace(target ? target : path, content, mode);
    int reason = errno;
    free(target);
    errno = reason;
    return err;
}

static bool lacks_newline(int fd)
{
    struct stat facts;
    char last = '\n';
    return fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_size > 0 &&
           pread(fd, &last, 1, facts.st_size - 1) == 1 && last != '\n';
}

enum err file_append(const char *path, struct bytes content, mode_t mode)
{
    int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, mode);
    if (fd < 0)
        return ERR_SYSTEM;
    scoped(buf) line = BUF_EMPTY(content.len + 1);
    enum err err = lacks_newline(fd) ? buf_append_text(&line, "\n") : OK;
    if (err == OK)
        err = buf_append(&line, content);
    if (err == OK)
        err = write_all(fd, buf_bytes(&line));
    return finish(fd, err);
}

enum err file_make_parents(const char *path)
{
    char parent[PATH_MAX];
    if (!bytes_to_text(bytes_text(path), parent, sizeof(parent))) {
        errno = ENAMETOOLONG;
        return ERR_SYSTEM;
    }
    for (char *at = strchr(parent[0] ? parent + 1 : parent, '/'); at; at = strchr(at + 1, '/')) {
        *at = 0;
        if (mkdir(parent, 0700) != 0 && errno != EEXIST)
            return ERR_SYSTEM;
        *at = '/';
    }
    return OK;
}
