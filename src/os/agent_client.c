/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/agent_client.h"

#include "agent/agent_message.h"
#include "os/descriptor.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    LIST_TIMEOUT_MS = 5 * 1000,
    SIGN_TIMEOUT_MS = 90 * 1000, /* the user may be asked, or have to find a token */
};

enum err agent_client_open(const char *path, struct agent_client *agent)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (!bytes_to_text(bytes_text(path), address.sun_path, sizeof(address.sun_path))) {
        errno = ENAMETOOLONG;
        return ERR_SYSTEM;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return ERR_SYSTEM;
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
        int reason = errno;
        (void)close(fd);
        errno = reason;
        return ERR_SYSTEM;
    }
    agent->fd = fd;
    return OK;
}

void agent_client_close(struct agent_client *agent)
{
    descriptor_close(&agent->fd);
}

static enum err send_all(int fd, struct bytes out)
{
    while (out.len) {
        ssize_t took = send(fd, out.data, out.len, MSG_NOSIGNAL);
        if (took < 0 && errno == EINTR)
            continue;
        if (took < 0)
            return ERR_SYSTEM;
        out = bytes_skip(out, (size_t)took);
    }
    return OK;
}

static enum err wait_readable(int fd, int timeout_ms)
{
    struct pollfd waits = { .fd = fd, .events = POLLIN };
    int ready = poll(&waits, 1, timeout_ms);
    if (ready < 0)
        return errno == EINTR ? OK : ERR_SYSTEM;
    return ready == 0 ? ERR_TIMEOUT : OK;
}

static enum err receive_frame(int fd, int timeout_ms, struct buf *frame)
{
    size_t len = 0;
    while (len == 0 || buf_len(frame) < len) {
        TRY(wait_readable(fd, timeout_ms));
        struct span room;
        TRY(buf_reserve(frame, len ? len - buf_len(frame) : 4 - buf_len(frame), &room));
        ssize_t got = recv(fd, room.data, room.len, MSG_DONTWAIT);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got < 0)
            return ERR_SYSTEM;
        if (got == 0)
            return ERR_TRUNCATED;
        buf_commit(frame, (size_t)got);
        TRY(agent_message_frame_len(buf_bytes(frame), &len));
    }
    return OK;
}

static enum err exchange(struct agent_client *agent, const struct buf *request, int timeout_ms,
                         struct buf *frame)
{
    if (agent->fd < 0)
        return ERR_UNSUPPORTED;
    buf_clear(frame);
    enum err err = send_all(agent->fd, buf_bytes(request));
    if (err == OK)
        err = receive_frame(agent->fd, timeout_ms, frame);
    if (err != OK)
        agent_client_close(agent);
    return err;
}

enum err agent_client_list(struct agent_client *agent, struct buf *frame, struct bytes *keys,
                           size_t *count)
{
    scoped(buf) request = BUF_EMPTY(64);
    TRY(agent_message_encode_list(&request));
    TRY(exchange(agent, &request, LIST_TIMEOUT_MS, frame));
    return agent_message_decode_list(buf_bytes(frame), keys, count);
}

enum err agent_client_sign(struct agent_client *agent, struct bytes key_blob,
                           struct bytes algorithm, struct bytes message, struct buf *signature)
{
    scoped(buf) request = BUF_EMPTY(AGENT_FRAME_MAX);
    scoped(buf) answer = BUF_EMPTY(4 + AGENT_FRAME_MAX);
    struct bytes found;
    TRY(agent_message_encode_sign(key_blob, message, agent_message_sign_flags(algorithm),
                                  &request));
    TRY(exchange(agent, &request, SIGN_TIMEOUT_MS, &answer));
    TRY(agent_message_decode_signature(buf_bytes(&answer), &found));
    return buf_append(signature, found);
}
