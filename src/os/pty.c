/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum err pty_open(struct pty *pty)
{
    struct pty opened = PTY_NONE;
    opened.master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (opened.master < 0)
        return ERR_SYSTEM;

    if (grantpt(opened.master) != 0 || unlockpt(opened.master) != 0 ||
        ptsname_r(opened.master, opened.path, sizeof(opened.path)) != 0) {
        int reason = errno;
        pty_close(&opened);
        errno = reason;
        return ERR_SYSTEM;
    }
    *pty = opened;
    return OK;
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
