/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/listener/cradle.h"

#include "os/companion.h"
#include "os/seqpacket.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define IDLE_COUNT "4" /* workers that wait for connections */

static void close_descriptor(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

struct ends {
    int cradle[2], notices[2]; /* the first ones are ours */
};

static bool open_ends(struct ends *ends)
{
    return seqpacket_pair(ends->cradle) == OK && pipe2(ends->notices, O_CLOEXEC | O_NONBLOCK) == 0;
}

static enum err start(const struct cradle *cradle, const struct ends *ends, pid_t *id)
{
    char count[] = IDLE_COUNT;
    char *arguments[] = { count, NULL };
    const struct companion_setup setup = {
        .sandbox = &cradle->sandbox,
        .name = "glasshd-worker",
        .arguments = arguments,
        .environment = cradle->environment,
        .fds = { ends->cradle[1], ends->notices[1] },
        .fd_count = 2,
    };
    return companion_start(&setup, id);
}

enum err cradle_renew(struct cradle *cradle)
{
    struct ends ends = { { -1, -1 }, { -1, -1 } };
    pid_t id = 0;
    enum err err = open_ends(&ends) ? start(cradle, &ends, &id) : ERR_SYSTEM;
    int reason = errno;
    close_descriptor(&ends.cradle[1]);
    close_descriptor(&ends.notices[1]);
    if (err == OK) {
        cradle_close(cradle);
        cradle->id = id;
        cradle->fd = ends.cradle[0];
        cradle->notices_fd = ends.notices[0];
        return OK;
    }
    close_descriptor(&ends.cradle[0]);
    close_descriptor(&ends.notices[0]);
    errno = reason;
    return err;
}

void cradle_leave(struct cradle *cradle)
{
    close_descriptor(&cradle->notices_fd);
}

void cradle_close(struct cradle *cradle)
{
    close_descriptor(&cradle->fd);
    cradle_leave(cradle);
}
