/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/tcp/joint.h"
#include "os/descriptor.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

enum { COLLECT_MAX = 512 * 1024, NOWHERE_LEN = 16 * 1024 };

enum err joint_open(struct joint *j)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
        return ERR_SYSTEM;
    j->fd = ends[0];
    j->other_fd = ends[1];
    j->can_read = j->can_write = true;
    return OK;
}

/* False: the socket takes nothing now. */
static bool write_some(struct joint *j, struct bytes data, size_t *count)
{
    ssize_t sent = send(j->fd, data.data, data.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR)
        sent = 0;
    if (sent < 0 && errno == EAGAIN) {
        j->can_write = false;
        return false;
    }
    /* Nobody will read it: drop it, as if it had been read. */
    j->is_user_gone |= sent < 0;
    *count = sent < 0 ? data.len : (size_t)sent;
    return true;
}

void joint_deliver(struct joint *j, struct instant now)
{
    struct bytes data;
    if (j->fd < 0 || !j->flow)
        return;
    while ((data = flow_received(j->flow)).len > 0) {
        size_t count = data.len;
        if (!j->is_user_gone && (!j->can_write || !write_some(j, data, &count)))
            return;
        flow_consume(j->flow, count, now);
    }
    if (j->peer_closes && !j->has_peer_closed)
        (void)shutdown(j->fd, SHUT_WR);
    j->has_peer_closed = j->peer_closes || j->is_over;
}

static void end_collecting(struct joint *j, bool is_gone, struct instant now)
{
    j->has_user_closed = true;
    j->is_user_gone |= is_gone;
    if (!j->is_user_gone)
        flow_close(j->flow, now);
}

/* What the user writes to a connection that is over is dropped, but it must be read to see the user close. */
static struct span room_of(const struct joint *j)
{
    static uint8_t nowhere[NOWHERE_LEN];
    return j->is_over ? (struct span){ nowhere, sizeof(nowhere) } : flow_room(j->flow);
}

/* Data of a user that has left waits in the socket until the flow has room: but not for ever, either. */
static void wait_for_room(const struct joint *j, struct instant now)
{
    struct flow_options options = flow_options(j->flow);
    if (!j->has_user_left || options.ends_when_shut)
        return;
    options.ends_when_shut = true;
    flow_set_options(j->flow, &options, now);
}

bool joint_collect(struct joint *j, struct instant now)
{
    size_t total = 0;
    if (j->fd < 0 || !j->flow)
        return false;
    while (j->can_read && !j->has_user_closed) {
        struct span room = room_of(j);
        if (room.len == 0) {
            wait_for_room(j, now);
            return false; /* until FLOW_ROOM */
        }
        ssize_t got = recv(j->fd, room.data, room.len, MSG_DONTWAIT);
        if (got > 0 && !j->is_over)
            flow_commit(j->flow, (size_t)got, now);
        else if (got < 0 && errno == EAGAIN)
            j->can_read = false;
        else if (got == 0 || (got < 0 && errno != EINTR))
            end_collecting(j, got < 0, now);
        total += got > 0 ? (size_t)got : 0;
        if (total >= COLLECT_MAX)
            return true;
    }
    return false;
}

bool joint_is_done(const struct joint *j)
{
    if (!j->flow)
        return true;
    if (j->fd < 0)
        return j->is_over;
    if (j->has_user_closed)
        return j->is_user_gone || j->has_user_left || j->has_peer_closed;
    /* After the peer's FIN the socket stays open, or its end would look like a reset. */
    return j->has_peer_closed && !j->peer_closes;
}

void joint_close(struct joint *j, struct instant now)
{
    struct bytes unread;
    while (j->flow && (unread = flow_received(j->flow)).len > 0)
        flow_consume(j->flow, unread.len, now);
    if (j->flow && j->is_user_gone)
        flow_abandon(j->flow, now);
    else if (j->flow)
        flow_release(j->flow, now);
    j->flow = NULL;
    descriptor_close(&j->fd);
    descriptor_close(&j->other_fd);
}
