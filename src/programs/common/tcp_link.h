/* SPDX-License-Identifier: BSD-2-Clause */
/* The owner's end of glassh-tcp (programs/tcp/tcp_service.h): makes the devices, starts the process and hands them
 * over; after that it asks for connections and says who takes those that arrive. */
#pragma once

#include "os/endpoint.h"
#include "os/sandbox_setup.h"
#include "programs/common/tun_option.h"

enum { TCP_LINK_PORTS_MAX = 64 };

struct tcp_link_setup {
    struct tun_options tuns; /* at least one */
    struct sandbox_setup sandbox;
    uint16_t ports[TCP_LINK_PORTS_MAX]; /* to listen on */
    size_t port_count;
    bool keeps_alive;
    bool wants_facts; /* about connections that are asked for */
};

struct tcp_link {
    struct tcp_link_setup setup;
    pid_t id; /* 0: none, or set so by the code that waited for it */
    int fd; /* becomes readable when there is something to take, or the process is gone; -1: none */
};

#define TCP_LINK_NONE ((struct tcp_link){ .fd = -1 })

/* The user that the process becomes, and its root directory. */
struct sandbox_setup tcp_link_identity(const struct tcp_link *link);

/* Waits until the process is ready. On an error `problem` has a sentence without a full stop, and nothing is left
 * behind: ERR_SYSTEM, ERR_BAD_VALUE (the kernel has one of the addresses already). */
NODISCARD enum err tcp_link_open(struct tcp_link *link, struct buf *problem);

/* Makes a socket that gets TCP_ARRIVED from now on, instead of the one before; the caller's. ERR_SYSTEM: the process is
 * gone. */
NODISCARD enum err tcp_link_take(struct tcp_link *link, int *fd);

/* Asks for a connection, and gives up the one asked for before. ERR_SYSTEM: the process is gone. */
NODISCARD enum err tcp_link_connect(struct tcp_link *link, const struct ip_endpoint *remote);

enum { TCP_LINK_ROOM = 512 }; /* octets: the most that it reports at once */

enum tcp_link_kind {
    TCP_LINK_NOTHING,   /* for now */
    TCP_LINK_CONNECTED, /* fd, a non-blocking socket that the caller owns; local */
    TCP_LINK_FAILED,    /* reason: an errno */
    TCP_LINK_SEGMENT,   /* is_out, seq, ack, window, len, flags, options, why */
    TCP_LINK_STATE,     /* of our end: old_state, new_state, why */
};

struct tcp_link_news {
    enum tcp_link_kind kind;
    int fd, reason;
    struct endpoint local;
    bool is_out;
    uint32_t seq, ack, window, len;
    struct bytes flags, options, old_state, new_state, why; /* borrowed from the room */
};

/* Takes what the process reports about the connection that was asked for, when the link is readable. The texts lie in
 * `room`, which takes TCP_LINK_ROOM octets. */
void tcp_link_hear(const struct tcp_link *link, struct buf *room, struct tcp_link_news *news);

/* Lets go of the process, which goes on until its connections are over. */
void tcp_link_close(struct tcp_link *link);

/* The address and port as programs show them. */
struct endpoint tcp_link_endpoint(struct bytes address, uint16_t port);
