/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/listener/cradle.h"

#include "os/companion.h"
#include "os/descriptor.h"
#include "os/seqpacket.h"

#include <fcntl.h>
#include <unistd.h>

#define IDLE_COUNT "4" /* workers that wait for connections */

struct ends {
    int cradle[2], notices[2]; /* the first ones are ours */
};

static bool open_ends(struct ends *ends)
{
    return seqpacket_pair(ends->cradle) == OK && pipe2(ends->notices, O_CLOEXEC | O_NONBLOCK) == 0;
}

static enum err start(const struct cradle *cradle, const struct ends *ends, pid_t *id)
{
    char count[] = IDLE_COUNT, explains[] = "explains";
    char *arguments[] = { count, cradle->environment ? explains : NULL, NULL };
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
    descriptor_close(&ends.cradle[1]);
    descriptor_close(&ends.notices[1]);
    if (err != OK) {
        descriptor_close(&ends.cradle[0]);
        descriptor_close(&ends.notices[0]);
        return err;
    }
    cradle_close(cradle);
    cradle->id = id;
    cradle->fd = ends.cradle[0];
    cradle->notices_fd = ends.notices[0];
    return OK;
}

void cradle_leave(struct cradle *cradle)
{
    descriptor_close(&cradle->notices_fd);
}

void cradle_close(struct cradle *cradle)
{
    descriptor_close(&cradle->fd);
    cradle_leave(cradle);
}
