/* SPDX-License-Identifier: BSD-2-Clause */
/* The two ends of a TCP connection, as text for the user and as in SSH_CONNECTION; and listening sockets. */
#pragma once

#include "base/bytes.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct endpoint {
    char address[64]; /* numeric, with a scope if it has one; "UNKNOWN" if this is not TCP */
    uint16_t port;
};

enum {
    ENDPOINT_TEXT_MAX = 80,
    ENDPOINT_BACKLOG = 4096, /* capped by the system; large, because a flood fills a small one */
};

/* "192.0.2.1:22", "[2001:db8::1]:22" */
const char *endpoint_format(const struct endpoint *endpoint, char out[ENDPOINT_TEXT_MAX]);

struct endpoint endpoint_of(const struct sockaddr *address, socklen_t len);
/* From what another of our processes sent. ERR_BAD_VALUE: the address is too long or the port too large. */
NODISCARD enum err endpoint_take(struct bytes address, uint32_t port, struct endpoint *endpoint);

struct endpoint endpoint_peer(int fd);
struct endpoint endpoint_local(int fd);

/* A listening TCP socket, non-blocking and closed on exec; the caller closes it. An IPv6 one takes
 * no IPv4. ERR_SYSTEM with errno. */
NODISCARD enum err endpoint_listen(const struct sockaddr *address, socklen_t len, int *fd);

/* Sends the socket's small writes at once, and notices a dead peer if `keeps_alive`. A descriptor that
 * is not a TCP socket is left as it is. */
void endpoint_tune(int fd, bool keeps_alive);

/* Acknowledges now what has arrived. Otherwise a peer whose small packet waits for the acknowledgement of
 * the one before (Nagle's algorithm) would lose 40 ms while we wait for data to send along. Lasts only until
 * the next exchange. */
void endpoint_acknowledge(int fd);

/* Throws away what has arrived, up to `most` octets, without reading it. */
void endpoint_discard(int fd, size_t most);
