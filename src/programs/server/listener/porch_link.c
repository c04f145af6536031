/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/listener/porch_link.h"

#include "admission/source.h"
#include "base/check.h"
#include "os/companion.h"
#include "os/descriptor.h"
#include "os/record_socket.h"
#include "programs/server/listener/admittance.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

enum { RECORD_MAX = 256, READY_MS = 10 * 1000 };

/* If there is such a user, nothing else runs as it. */
static const char OWN_USER[] = "glasshd-porch";

struct sandbox_setup porch_link_identity(const struct porch_link *link)
{
    return sandbox_setup_as(&link->setup.sandbox, OWN_USER);
}

static enum err tell_socket(int fd, bool brings, int socket)
{
    const struct record listen = { RECORD_PORCH_LISTEN, { brings }, { BYTES_NONE } };
    return record_socket_send(fd, &listen, &(struct seqpacket_descriptors){ { socket }, 1 });
}

static enum err introduce(const struct porch_link *link, const int *sockets, size_t count,
                          int tcp_fd)
{
    const struct record open = {
        RECORD_PORCH_OPEN,
        { (uint32_t)link->setup.capacity, (uint32_t)link->setup.silent_ms,
          (uint32_t)link->setup.named_ms, (uint32_t)link->setup.cookie_at,
          (uint32_t)count + (tcp_fd >= 0) },
        { link->setup.preface, link->setup.refusal },
    };
    TRY(record_socket_send(link->fd, &open, NULL));
    for (size_t i = 0; i < count; i++)
        TRY(tell_socket(link->fd, false, sockets[i]));
    return tcp_fd >= 0 ? tell_socket(link->fd, true, tcp_fd) : OK;
}

enum err porch_link_open(struct porch_link *link, const int *sockets, size_t count, int tcp_fd)
{
    const struct sandbox_setup sandbox = porch_link_identity(link);
    const struct companion_setup setup = { .name = "glasshd-porch", .sandbox = &sandbox };
    CHECK(link->fd < 0);
    TRY(companion_start_linked(&setup, &link->fd, &link->id));
    enum err err = introduce(link, sockets, count, tcp_fd);
    if (err == OK)
        err = record_socket_await_ready(link->fd, RECORD_PORCH_READY, READY_MS);
    if (err != OK)
        porch_link_close(link);
    return err;
}

void porch_link_drain(const struct porch_link *link)
{
    if (link->fd >= 0)
        (void)shutdown(link->fd, SHUT_WR);
}

void porch_link_leave(struct porch_link *link)
{
    descriptor_close(&link->fd);
}

void porch_link_close(struct porch_link *link)
{
    porch_link_leave(link);
    companion_end(&link->id);
}

/* ---- what it says ---- */

static enum err take_address(struct bytes address, uint32_t port, uint32_t scope,
                             struct sockaddr_storage *out)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)out;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
    if (port > UINT16_MAX)
        return ERR_BAD_VALUE;
    if (address.len == SOURCE_V4_LEN) {
        *v4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
        memcpy(&v4->sin_addr, address.data, address.len);
    } else if (address.len == SOURCE_V6_LEN) {
        *v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6,
                                     .sin6_port = htons((uint16_t)port),
                                     .sin6_scope_id = scope };
        memcpy(&v6->sin6_addr, address.data, address.len);
    } else {
        return ERR_BAD_VALUE;
    }
    return OK;
}

/* Rules depend on addresses: for a connection of the kernel's TCP the porch must say what the kernel says. The kernel
 * forgets the peer of a connection that is over. */
static bool kernel_agrees(const struct porch_link_event *event, int fd)
{
    struct sockaddr_storage own = { 0 };
    struct sockaddr *address = (struct sockaddr *)&own;
    socklen_t len = sizeof(own);
    if (getsockname(fd, address, &len) != 0)
        return false;
    if (own.ss_family != AF_INET && own.ss_family != AF_INET6)
        return true;
    if (event->local.ss_family != AF_UNSPEC)
        return false;
    len = sizeof(own);
    if (getpeername(fd, address, &len) != 0)
        return errno == ENOTCONN;
    const struct admittance_visitor told = admittance_visitor_of(&event->peer),
                                    known = admittance_visitor_of(&own);
    return source_equal(&told.source, &known.source) && told.peer.port == known.peer.port;
}

static enum err take_arrived(const struct record *record,
                             const struct seqpacket_descriptors *passed,
                             struct porch_link_event *event)
{
    struct bytes cookie = record->texts[1];
    if (passed->count > 1 || cookie.len != sizeof(event->cookie))
        return ERR_BAD_VALUE;
    TRY(take_address(record->texts[0], record->numbers[0], record->numbers[2], &event->peer));
    if (record->texts[2].len > 0)
        TRY(take_address(record->texts[2], record->numbers[1], 0, &event->local));
    event->kind = PORCH_LINK_MISSED;
    if (passed->count == 0)
        return OK;
    if (!kernel_agrees(event, passed->fds[0]))
        return ERR_BAD_VALUE;
    event->kind = PORCH_LINK_ARRIVED;
    event->fd = passed->fds[0];
    memcpy(event->cookie, cookie.data, sizeof(event->cookie));
    return OK;
}

static enum err take_gone(const struct record *record, struct porch_link_event *event)
{
    if (record->numbers[0] >= PORCH_END_COUNT)
        return ERR_BAD_VALUE;
    TRY(take_address(record->texts[0], record->numbers[1], record->numbers[2], &event->peer));
    event->kind = PORCH_LINK_GONE;
    event->why = record->numbers[0];
    return OK;
}

static enum err take(const struct record *record, const struct seqpacket_descriptors *passed,
                     struct porch_link_event *event)
{
    switch ((int)record->type) {
    case RECORD_PORCH_ARRIVED:
        return take_arrived(record, passed, event);
    case RECORD_PORCH_GONE:
        return take_gone(record, event);
    case RECORD_PORCH_CROWDED:
        event->kind = PORCH_LINK_CROWDED;
        event->count = record->numbers[0];
        return OK;
    default:
        return ERR_BAD_STATE;
    }
}

void porch_link_take(struct porch_link *link, struct porch_link_event *event)
{
    scoped(buf) room = BUF_EMPTY(RECORD_MAX);
    struct record record;
    struct record_gate gate = { 0 };
    struct seqpacket_descriptors passed;
    *event = (struct porch_link_event){ .kind = PORCH_LINK_NOTHING, .fd = -1 };
    enum err err = record_socket_take(link->fd, &room, &record, &passed);
    if (err == ERR_SYSTEM && errno == EAGAIN)
        return;
    if (err == OK)
        err = record_admit(&gate, record.type, RECORD_PORCH, RECORD_LISTENER);
    if (err == OK)
        err = take(&record, &passed, event);
    if (event->kind != PORCH_LINK_ARRIVED)
        seqpacket_close(&passed);
    if (err != OK)
        event->kind = PORCH_LINK_LOST;
}
