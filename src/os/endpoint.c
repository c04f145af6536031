/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/endpoint.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { DISCARD_PLACE = 4096 };

struct endpoint endpoint_of(const struct sockaddr *address, socklen_t len)
{
    struct endpoint endpoint = { "UNKNOWN", 65535 };
    if (address->sa_family != AF_INET && address->sa_family != AF_INET6)
        return endpoint;

    char port[8];
    int flags = NI_NUMERICHOST | NI_NUMERICSERV;
    if (getnameinfo(address, len, endpoint.address, sizeof(endpoint.address), port, sizeof(port),
                    flags) == 0)
        endpoint.port = (uint16_t)strtoul(port, NULL, 10);
    return endpoint;
}

enum err endpoint_take(struct bytes address, uint32_t port, struct endpoint *endpoint)
{
    endpoint->port = (uint16_t)port;
    bool fits = bytes_to_text(address, endpoint->address, sizeof(endpoint->address));
    return fits && port <= UINT16_MAX ? OK : ERR_BAD_VALUE;
}

/* A client that reached us over a mapped address is shown as an IPv4 client everywhere. */
static struct endpoint without_mapping(struct endpoint endpoint)
{
    static const char mapped[] = "::ffff:";
    size_t len = sizeof(mapped) - 1;
    if (strncmp(endpoint.address, mapped, len) == 0 && strchr(endpoint.address, '.'))
        memmove(endpoint.address, endpoint.address + len, strlen(endpoint.address + len) + 1);
    return endpoint;
}

const char *endpoint_format(const struct endpoint *endpoint, char out[ENDPOINT_TEXT_MAX])
{
    bool has_colons = strchr(endpoint->address, ':') != NULL;
    (void)snprintf(out, ENDPOINT_TEXT_MAX, "%s%s%s:%u", has_colons ? "[" : "", endpoint->address,
                   has_colons ? "]" : "", (unsigned)endpoint->port);
    return out;
}

struct endpoint endpoint_peer(int fd)
{
    struct sockaddr_storage address = { 0 };
    socklen_t len = sizeof(address);
    if (getpeername(fd, (struct sockaddr *)&address, &len) != 0)
        address.ss_family = AF_UNSPEC;
    return without_mapping(endpoint_of((struct sockaddr *)&address, len));
}

struct endpoint endpoint_local(int fd)
{
    struct sockaddr_storage address = { 0 };
    socklen_t len = sizeof(address);
    if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        address.ss_family = AF_UNSPEC;
    return without_mapping(endpoint_of((struct sockaddr *)&address, len));
}

static void set_option(int fd, int level, int name)
{
    int on = 1;
    (void)setsockopt(fd, level, name, &on, sizeof(on));
}

enum err endpoint_listen(const struct sockaddr *address, socklen_t len, int *fd)
{
    int s = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s < 0)
        return ERR_SYSTEM;

    set_option(s, SOL_SOCKET, SO_REUSEADDR);
    if (address->sa_family == AF_INET6)
        set_option(s, IPPROTO_IPV6, IPV6_V6ONLY);
    if (bind(s, address, len) != 0 || listen(s, ENDPOINT_BACKLOG) != 0) {
        int reason = errno;
        close(s);
        errno = reason;
        return ERR_SYSTEM;
    }
    *fd = s;
    return OK;
}

void endpoint_tune(int fd, bool keeps_alive)
{
    set_option(fd, IPPROTO_TCP, TCP_NODELAY);
    if (keeps_alive)
        set_option(fd, SOL_SOCKET, SO_KEEPALIVE);
}

void endpoint_acknowledge(int fd)
{
    set_option(fd, IPPROTO_TCP, TCP_QUICKACK);
}

/* MSG_TRUNC has no effect on what is not TCP, but a locked-in process may discard only with that flag. */
static void discard_into_place(int fd, size_t most)
{
    uint8_t place[DISCARD_PLACE];
    ssize_t got = 1;
    for (size_t left = most; got > 0 && left > 0; left -= got > 0 ? (size_t)got : 0)
        got =
            recv(fd, place, left < sizeof(place) ? left : sizeof(place), MSG_TRUNC | MSG_DONTWAIT);
}

/* By its number, because recv's contract requires a buffer of that size. TCP needs none; a socket that is not TCP
 * (a joint) fails with EFAULT. */
void endpoint_discard(int fd, size_t most)
{
    if (syscall(SYS_recvfrom, fd, NULL, most, MSG_TRUNC | MSG_DONTWAIT, NULL, NULL) < 0 &&
        errno == EFAULT)
        discard_into_place(fd, most);
}
