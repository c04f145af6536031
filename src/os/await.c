/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/await.h"

#include "os/clock.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>

enum err await_readable(int fd, int watch_fd, int64_t until_ms)
{
    struct pollfd polled[] = { { .fd = fd, .events = POLLIN }, { .fd = watch_fd } };
    for (;;) {
        int64_t left_ms = until_ms - clock_now_ms();
        if (left_ms <= 0)
            return ERR_TIMEOUT;
        int count = poll(polled, 2, left_ms < INT_MAX ? (int)left_ms : INT_MAX);
        if (count > 0)
            return polled[0].revents ? OK : ERR_DISCONNECTED;
        if (count < 0 && errno != EINTR)
            return ERR_SYSTEM;
    }
}
