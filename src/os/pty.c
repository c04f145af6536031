/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool find_path(struct pty *pty)
{
    unsigned number = 0;
    if (ioctl(pty->master, TIOCGPTN, &number) != 0)
        return false;
    (void)snprintf(pty->path, sizeof(pty->path), "/dev/pts/%u", number);
    return true;
}

enum err pty_open(struct pty *pty, int dev_fd)
{
    const int flags = O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
    struct pty opened = PTY_NONE;
    opened.master = dev_fd >= 0 ? openat(dev_fd, "ptmx", flags) : open("/dev/ptmx", flags);
    if (opened.master < 0)
        return ERR_SYSTEM;

    if (unlockpt(opened.master) != 0 || !find_path(&opened)) {
        int reason = errno;
        pty_close(&opened);
        errno = reason;
        return ERR_SYSTEM;
    }
    *pty = opened;
    return OK;
}

int pty_open_slave(const struct pty *pty)
{
    return ioctl(pty->master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

void pty_close(struct pty *pty)
{
    if (pty->master >= 0)
        close(pty->master);
    *pty = PTY_NONE;
}

static unsigned short cut(uint32_t value)
{
    return value > UINT16_MAX ? UINT16_MAX : (unsigned short)value;
}

void pty_resize(const struct pty *pty, uint32_t columns, uint32_t rows, uint32_t width,
                uint32_t height)
{
    struct winsize size = {
        .ws_col = cut(columns),
        .ws_row = cut(rows),
        .ws_xpixel = cut(width),
        .ws_ypixel = cut(height),
    };
    (void)ioctl(pty->master, TIOCSWINSZ, &size);
}
