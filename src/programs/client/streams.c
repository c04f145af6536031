/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/streams.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIPE_LEN = 1024 * 1024 }; /* the most that an ordinary user may set */

/* The flags that shared files had before; -1: not changed. */
static int saved_flags[3] = { -1, -1, -1 };

void streams_settle(void)
{
    int fd;
    do {
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        (void)close(fd);
}

static int open_anew(int fd)
{
    char path[32];
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    int mode = fd == STDIN_FILENO ? O_RDONLY : O_WRONLY;
    return open(path, mode | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static void change_shared(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || (flags & O_NONBLOCK))
        return;
    if (fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
        return;
    saved_flags[fd] = flags;
    (void)atexit(streams_restore);
}

int streams_open(int fd)
{
    struct stat facts;
    if (fstat(fd, &facts) != 0)
        return fd;
    if (S_ISFIFO(facts.st_mode))
        (void)fcntl(fd, F_SETPIPE_SZ, (int)PIPE_LEN);
    /* Regular files never block, and opening them again would start at the beginning. */
    if (!S_ISFIFO(facts.st_mode) && !S_ISSOCK(facts.st_mode) && !isatty(fd))
        return fd;
    int own = S_ISSOCK(facts.st_mode) ? -1 : open_anew(fd);
    if (own < 0)
        change_shared(fd);
    return own < 0 ? fd : own;
}

void streams_close(int own, int fd)
{
    if (own != fd)
        (void)close(own);
    if (saved_flags[fd] >= 0)
        (void)fcntl(fd, F_SETFL, saved_flags[fd]);
    saved_flags[fd] = -1;
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nothing < 0)
        return;
    (void)dup2(nothing, fd);
    (void)close(nothing);
}

void streams_let_go(bool but_errors)
{
    streams_close(STDIN_FILENO, STDIN_FILENO);
    streams_close(STDOUT_FILENO, STDOUT_FILENO);
    if (!but_errors)
        streams_close(STDERR_FILENO, STDERR_FILENO);
}

void streams_restore(void)
{
    for (int fd = 0; fd < 3; fd++) {
        if (saved_flags[fd] >= 0)
            (void)fcntl(fd, F_SETFL, saved_flags[fd]);
        saved_flags[fd] = -1;
    }
}
