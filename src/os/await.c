/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/await.h"

#include "os/clock.h"

#include <errno.h>
#include <poll.h>

enum err await_readable(int fd, int watch_fd, int64_t until_ms)
{
    struct pollfd polled[] = { { .fd = fd, .events = POLLIN }, { .fd = watch_fd } };
    for (;;) {
        int64_t left_ms = until_ms - clock_now_ms();
        int count = left_ms > 0 ? poll(polled, 2, (int)left_ms) : 0;
        if (count == 0)
            return ERR_TIMEOUT;
        if (count > 0)
            return polled[0].revents ? OK : ERR_DISCONNECTED;
        if (errno != EINTR)
            return ERR_SYSTEM;
    }
}
